"""The running text of a paper, made from results: abstract, methods, results, limitations, checklist."""
