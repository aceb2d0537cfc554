-- Six tables of invented records, by arithmetic on the patient's number p: see registry.py.

-- macros
-- below(n, p, k): a number from 0 to n - 1, by a multiplicative generator modulo the prime 2^31 - 1.
create macro below(n, p, k) as
    ((((p * 48271 + k * 69621 + 12345) % 2147483647) * 16807) % 2147483647 * 48271) % 2147483647 % n;
create macro id(p) as 'P' || lpad(p::varchar, 8, '0');
create macro neutrophils(p) as 11 + below(12, p, 1);
create macro platelets(p) as neutrophils(p) + below(12, p, 2);
create macro relapsed(p) as below(100, p, 3) < 28;
create macro relapse(p) as 80 + below(1400, p, 4);
create macro died(p) as below(100, p, 5) < 30;
create macro death(p) as if(relapsed(p), relapse(p) + 20 + below(400, p, 6), 100 + below(1500, p, 7));
create macro last(p) as
    if(died(p), death(p), greatest(if(relapsed(p), relapse(p) + 1, 0), 180 + below(2000, p, 8)));
create macro acute(p) as below(100, p, 9) < 45;
create macro virus(p) as below(100, p, 10) < 35;
create table rare as select * from (values {rare}) as v(i, event, site, cause, detail);
create table plan as select * from (values {plan}) as v(k, analyte, day, unit, method);

-- patients
select (p + 2)::integer as row, id(p) as patient_id, if(below(2, p, 11) = 0, 'male', 'female') as sex,
       (6 + below(19, p, 12))::double as age, 'acute lymphoblastic leukaemia' as diagnosis,
       (-200 - below(1500, p, 13))::smallint as diagnosis_day, 'B-ALL' as immunophenotype,
       case when below(9, p, 14) = 0 then 'hypodiploidy' else 'none' end as cytogenetics, 'CNS1' as cns_status,
       (2010 + below(14, p, 15))::smallint as year, 'C' || below(40, p, 16) as centre
from range({n}) as t(p)

-- transplants
select (p + 2)::integer as row, id(p) as patient_id, 0::smallint as day, 1::tinyint as number,
       'allogeneic' as type,
       case below(3, p, 17) when 0 then 'matched sibling' when 1 then 'matched unrelated'
            else 'haploidentical' end as donor,
       if(below(2, p, 18) = 0, 'bone marrow', 'peripheral blood') as graft, 'TBI-thiotepa-fludarabine' as conditioning,
       12.0 as tbi_gy, case below(8, p, 19) when 0 then 'CR1' when 7 then 'CR3' else 'CR2' end as remission,
       if(below(3, p, 20) > 0, 'positive', 'negative') as cmv_donor,
       if(below(3, p, 21) > 0, 'positive', 'negative') as cmv_recipient
from range({n}) as t(p)

-- treatments
select (9 * p + k + 2)::integer as row, id(p) as patient_id,
       case when k = 0 then 'blinatumomab' when k = 1 then 'chemotherapy' when k = 2 then 'fludarabine'
            when k < 7 then 'platelet transfusion' when k = 7 then 'corticosteroids'
            else 'CAR T' end as agent,
       (case when k = 0 then -50 when k = 1 then -180 when k = 2 then -5
             when k < 7 then platelets(p) - 7 - 2 * (6 - k) when k = 7 then 40
             else relapse(p) + 14 end)::smallint as start_day,
       (case when k = 0 then -22 when k = 1 then -100 when k = 2 then -2
             when k < 7 then platelets(p) - 7 - 2 * (6 - k) when k = 7 then 70
             else relapse(p) + 14 end)::smallint as stop_day,
       case when k = 0 then 28.0 when k = 2 then 160.0 when k = 7 then 2.0 end as dose,
       case when k = 0 then 'ug/day' when k = 2 then 'mg/m2' when k = 7 then 'mg/kg/day' end as unit,
       case when k = 0 then 'consolidation' when k = 2 then 'conditioning' when k = 7 then 'acute GVHD'
            when k = 8 then 'salvage' end
           as indication
from range({n}) as t(p), range(9) as u(k)
where k < 7 or (k = 7 and acute(p)) or (k = 8 and relapsed(p) and relapse(p) + 14 <= last(p))

-- events
select (8 * p + k + 2)::integer as row, id(p) as patient_id,
       (case k when 0 then -30 when 1 then relapse(p) when 2 then death(p) when 5 then 28
             when 7 then least(120 + below(200, p, 24), last(p)) else 29 end)::smallint as day,
       case k when 0 then 'complete remission' when 1 then 'relapse' when 2 then 'death' when 5 then 'infection'
            when 6 then rare.event when 7 then 'cGVHD' else 'aGVHD' end as event,
       case k when 3 then 'stage ' || (1 + below(3, p, 22)) when 4 then 'stage ' || below(4, p, 23)
            when 7 then ['mild', 'moderate', 'severe'][1 + below(3, p, 25)] end as grade,
       case when k in (3, 4) then 'MAGIC' when k = 7 then 'NIH2014' end as system,
       case k when 1 then 'marrow' when 3 then 'skin' when 4 then 'lower GI' when 7 then 'skin'
            when 6 then rare.site end as site,
       case when k = 2 then if(relapsed(p), 'relapse', 'infection') when k = 5 then 'CMV'
            when k = 6 then rare.cause end as cause,
       case when k = 7 then if(below(2, p, 29) = 0, 'systemic treatment', 'no systemic treatment')
            when k = 6 then rare.detail end as detail
from range({n}) as t(p) cross join range(8) as u(k) left join rare on rare.i = below({rarities}, p, 28)
where k = 0 or (k = 1 and relapsed(p)) or (k = 2 and died(p)) or (k in (3, 4) and acute(p))
   or (k = 5 and virus(p)) or (k = 6 and below(100, p, 26) < 40) or (k = 7 and below(100, p, 27) < 20)

-- follow_up
select (6 * p + k + 2)::integer as row, id(p) as patient_id, day::smallint as day, 'yes' as alive,
       if(relapsed(p) and day >= relapse(p), 'relapse', 'complete remission') as disease_status, 'no' as gvhd_active
from (select p, k, if(k = 5, last(p), (k + 1) * 90) as day from range({n}) as t(p), range(6) as u(k))
where (k = 5 and not died(p)) or (k < 5 and day < last(p))

-- measurements
select ({rows} * p + k + 2)::integer as row, id(p) as patient_id, day::smallint as day, analyte,
       (case analyte
            when 'ANC' then if(day < neutrophils(p), below(45, p, k) / 100, 0.5 + below(400, p, k) / 100)
            when 'platelets' then if(day < platelets(p), 5 + below(14, p, k), 20 + below(200, p, k))
            when 'bilirubin' then 0.3 + below(20, p, k) / 10
            when 'weight' then 20 + below(40, p, 30) + below(3, p, k)
            when 'haemoglobin' then 7 + below(60, p, k) / 10
            when 'LDH' then 150 + below(300, p, k)
            when 'urine protein/creatinine' then below(15, p, k) / 10
            when 'MRD' then if(below(8, p, k) = 0, 0.001, null)
            when 'chimerism' then 90 + below(11, p, k)
            else if(virus(p) and day in (28, 35), 500 + below(9000, p, k), null) end)::double as value,
       case when analyte in ('MRD', 'CMV DNA', 'EBV DNA', 'adenovirus DNA') then null else '=' end as operator,
       unit,
       case when (analyte like '%DNA' and not (virus(p) and day in (28, 35)))
                 or (analyte = 'MRD' and below(8, p, k) > 0) then 'negative' end as text,
       method, if(analyte = 'MRD', 'marrow', 'blood') as specimen,
       if(analyte = 'MRD', 0.0001, null)::double as sensitivity, if(analyte = 'LDH', 250, null)::double as upper_limit
from range({n}) as t(p) cross join plan
