#!/bin/sh
# Tests derive every endpoint on PySpark too. Get Java and PySpark into the environment $1 where that is possible;
# say so where it is not. PySpark comes as source only: it is built with the pinned setuptools, without network.
venv=$1
without="the tests that derive endpoints on PySpark will be skipped."

if ! command -v java >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "installing Debian's Java for the tests on PySpark"
        apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq --no-install-recommends default-jre-headless >/dev/null 2>&1
    fi
    if ! command -v java >/dev/null 2>&1; then
        echo "NOTE: no Java here and it could not be installed: $without" >&2
        exit 0
    fi
fi
"$venv/bin/python" -c "import pyspark" >/dev/null 2>&1 && exit 0
echo "installing PySpark (400 MB) for the tests on it"
PATH="$(cd "$venv/bin" && pwd):$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install --quiet \
    --require-hashes --no-deps --no-build-isolation --only-binary :all: --no-binary pyspark -r requirements/spark.txt ||
    echo "NOTE: PySpark could not be installed: $without" >&2
