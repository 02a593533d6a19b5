-- Statements of all peers, in every language, so that none has better SQL than another.
-- The line above each is its name and its file. The keys of a batch are bound as one JSON array.

-- persons_by_id persons
SELECT id, given, middle, surname, suffix, birth_date, sex, race, height_inches, weight_pounds, ssn, license_number,
       license_state, license_class, license_status, license_expires_on, cii_number, fbi_number, carpos_number, street,
       city, state, postal_code, is_confidential
FROM (SELECT value AS wanted FROM json_each(:keys)) CROSS JOIN person ON id = wanted;

-- persons_by_license persons
SELECT id, given, middle, surname, suffix, birth_date, sex, race, height_inches, weight_pounds, ssn, license_number,
       license_state, license_class, license_status, license_expires_on, cii_number, fbi_number, carpos_number, street,
       city, state, postal_code, is_confidential
FROM (SELECT value AS wanted FROM json_each(:keys)) CROSS JOIN person ON license_state = wanted ->> 0 AND license_number = wanted ->> 1;

-- persons_by_name persons
WITH
  ranked AS MATERIALIZED (
    SELECT person, max(rank) AS rank FROM (
      SELECT person,
             (s.points - is_surname_part * 8 - is_alias * 5 + g.points - (is_given_part - is_middle) * 4 - is_middle * 8) * 8388608
               + (s.reasons + is_surname_part * 64 + is_alias * 2097152 + g.reasons + (is_given_part - is_middle) * 16384 + is_middle * 32768) AS rank
      FROM name_match AS s CROSS JOIN name_match AS g CROSS JOIN name_key
      WHERE s.asked = :surname || '|' || :given AND s.role = 'surname' AND g.asked = s.asked AND g.role = 'given'
        AND surname = s.name AND is_surname_part + s.is_part < 2
        AND is_given_part IN (0, 1) AND name_key.given = g.name AND is_given_part + g.is_part < 2
      UNION ALL
      SELECT person,
             (s.points - is_surname_part * 8 - is_alias * 5 + g.points - (is_given_part - is_middle) * 4 - is_middle * 8 - 5) * 8388608
               + (s.reasons + is_surname_part * 64 + is_alias * 2097152 + g.reasons + (is_given_part - is_middle) * 16384 + is_middle * 32768 + 4194304) AS rank
      FROM name_match AS s CROSS JOIN name_match AS g CROSS JOIN name_key
      WHERE s.asked = :surname || '|' || :given AND s.role = 'swapped_surname' AND g.asked = s.asked AND g.role = 'swapped_given'
        AND surname = s.name AND is_surname_part + s.is_part < 2
        AND is_given_part IN (0, 1) AND name_key.given = g.name AND is_given_part + g.is_part < 2)
    GROUP BY person),
  page AS MATERIALIZED (
    SELECT person, rank / 8388608 AS score, rank % 8388608 AS reasons FROM ranked ORDER BY score DESC, person LIMIT :first)
SELECT (SELECT count(*) FROM ranked) AS total, score, reasons, id, given, middle, surname, suffix, birth_date, sex, race,
       height_inches, weight_pounds, ssn, license_number, license_state, license_class, license_status,
       license_expires_on, cii_number, fbi_number, carpos_number, street, city, state, postal_code, is_confidential
FROM page CROSS JOIN person ON person.rowid = page.person
ORDER BY score DESC, page.person;

-- vehicles_by_owner vehicles
SELECT vin, plate, plate_state, year, make, model, color, registration_status, registration_expires_on, owner_license,
       owner_license_state
FROM (SELECT value AS wanted FROM json_each(:keys)) CROSS JOIN vehicle ON owner_license_state = wanted ->> 0 AND owner_license = wanted ->> 1
ORDER BY year DESC, vin;

-- vehicle_by_plate vehicles
SELECT vin, plate, plate_state, year, make, model, color, registration_status, registration_expires_on, owner_license,
       owner_license_state
FROM vehicle WHERE plate_state = :state AND plate = :number;

-- warrants_by_fbi warrants
SELECT number, category, status, issued_on, court_ori, court_name, offense, bail_cents, subject_fbi
FROM (SELECT value AS wanted FROM json_each(:keys)) CROSS JOIN warrant ON subject_fbi = wanted
ORDER BY issued_on DESC, number;

-- orders_by_carpos protective_orders
SELECT number, kind, status, issued_on, expires_on, court_ori, court_name, firearms_prohibited, served, restrained_carpos
FROM (SELECT value AS wanted FROM json_each(:keys)) CROSS JOIN protective_order ON restrained_carpos = wanted
ORDER BY issued_on DESC, number;

-- parties_by_order protective_orders
SELECT order_number, given, middle, surname, suffix, street, city, state, postal_code, phone, is_confidential
FROM (SELECT value AS wanted FROM json_each(:keys)) CROSS JOIN protected_party ON order_number = wanted
ORDER BY protected_party.id;

-- subjects_by_cii criminal_history
SELECT cii_number, fbi_number
FROM (SELECT value AS wanted FROM json_each(:keys)) CROSS JOIN subject ON cii_number = wanted;

-- cycles_by_cii criminal_history
SELECT cycle.id, cii_number, arrested_on, agency_ori, booking_number, status, supervision_kind, supervision_status,
       supervision_starts_on, supervision_ends_on
FROM (SELECT value AS wanted FROM json_each(:keys)) CROSS JOIN cycle ON cii_number = wanted
ORDER BY arrested_on DESC, sequence DESC;

-- charges_by_cycle criminal_history
SELECT cycle, code, offense, severity, disposition_kind, decided_on, court_ori, court_name, sentence_kind, sentence_days
FROM (SELECT value AS wanted FROM json_each(:keys)) CROSS JOIN charge ON cycle = wanted
ORDER BY sequence;
