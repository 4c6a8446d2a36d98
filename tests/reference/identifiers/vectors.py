"""Invented identifiers of every kind, and sentences of the field that hold none.

Numbers are the test vectors of the rules (published examples, numbers kept free for fiction), never anybody's.
"""

POSITIVE = {
    "name": [
        "Dr Smith",
        "Mrs O'Neill",
        "wife Susan",
        "Seen by A. Lovelace",
        "his brother Tom",
        "Dear Anna",
        "Prof. M\u00fcller",
    ],
    "address": ["12 Oak Street", "221B Baker Street", "14 Rose Cottage Lane"],
    "postcode": ["SW1A 1AA", "M1 1AE", "Portland, OR 97239", "zip 97239-1234", "EC1A 1BB"],
    "coordinates": ["51.50740, -0.12780", "-33.86880,151.20930"],
    "date": [
        "2024-03-09",
        "9/3/2024",
        "9/3/24",
        "12.03.2024",
        "9th of March",
        "March 9, 2024",
        "03-SEP-1961",
        "9 Mar 24",
    ],
    "age over 89": ["93 year old", "aged 91", "95yo", "92-year-old", "90 yrs old", "age: 104"],
    "phone number": [
        "(503) 555-0143",
        "503-555-0143",
        "07700 900123",
        "07700900123",
        "+353 1 496 0123",
        "020 7946 0958",
    ],
    "fax number": ["fax: 020 7946 0958", "Fax no. 503 555 0143"],
    "email address": ["o'neill_b@uni-hospital.example", "a.b+c@mail.example.org"],
    "social security number": ["536-90-4399", "536 90 4399", "SSN 536904399", "AB123456C", "AB 12 34 56 C"],
    "medical record number": [
        "943 476 5919",
        "401 023 2137",
        "9434765919",
        "MRN: 00482913",
        "hospital no 123456",
        "chart #A12345",
    ],
    "health plan number": ["1EG4-TE5-MK73", "1EG4TE5MK73", "policy number AB123456", "Medicare no. 123456"],
    "account number": ["4111111111111111", "4111 1111 1111 1111", "account no 12345678", "IBAN GB29NWBK60161331926819"],
    "licence number": [
        "NPI 1234567893",
        "driving licence MORGA753116SM9IJ",
        "GMC number 7012345",
        "passport 925665416",
    ],
    "vehicle number": ["van reg AB12 CDE", "car registration AB12CDE", "VIN 1HGCM82633A004352"],
    "device serial number": [
        *("pump serial NGV512345H", "(01)00643169001763(21)ABC123", "00:1A:2B:3C:4D:5E", "S/N 12345678"),
        *("serial number: TAS1H30182785", "IMEI 490154203237518"),
    ],
    "web address": ["https://clinic.example/p/7", "www.example.org/me"],
    "network address": ["192.168.0.12", "2001:db8::1", "fe80::1ff:fe23:4567:890a"],
    "photograph": ["data:image/png;base64,iVBORw0KGgo"],
    "personal code": ["JD610903", "ABC030961"],
}
NEGATIVE = [
    *(
        "T25FW 6.4 s",
        "6MWT 94 m",
        "10MWT with stick",
        "9HPT right 24.1",
        "heart rate 94 bpm",
        "92 % of nights",
        "0.812\u20131.423",
    ),
    *(
        "L5/S1 fusion",
        "AIS C at injury",
        "C5-C6, AIS B",
        "woke 06:45:30",
        "10 mg bid + 20 mg nocte",
        "10/10/20 mg",
        "10-20-30",
    ),
    *(
        "MAS 1+ at the knee",
        "EDSS 6.5",
        "week 12",
        "visit 3-4 weeks late",
        "blood pressure 120/80",
        "rank0_5",
        "version 2.5.1",
    ),
    *(
        "01-701-1015",
        "S-0001",
        "SCI-023",
        "MS0042",
        "may 5 mg be added",
        "Dec 5 mg",
        "Left leg worse than Right",
        "1e5",
    ),
    *(
        "wife noticed more spasms",
        "Mr Baclofen",
        "his son was there",
        "nurse Left early",
        "GP Unknown",
        "Day 90",
        "90 days",
    ),
    *("90 years", "dose 90 mg", "pump refill done", "device worn 12 h", "record 12", "3 of 10", "G35", "2,400 steps"),
    *(
        "intrathecal pump 275.5 \u00b5g/day",
        "spasm frequency 3-4 per hour",
        "moved away",
        "Oral baclofen",
        "078-05-1120",
    ),
    *(
        "900-12-3456",
        "1111111111",
        "tizanidine 2 mg tds, 4 mg nocte",
        "PSFS 2 severity 3",
        "12/24 items",
        "no response",
        "M03BX01",
        "M03BX",
        "N05BA",
        "A12BA",
    ),
    *(
        "Modified Ashworth grade 1+",
        "Penn Spasm Frequency Scale",
        "Botulinum toxin 300 U",
        "score 18/24",
        "range 0-120 deg",
    ),
]
COLUMNS = """
    first_name lastName patient_name initials address city zip_code postcode gps dob date_of_birth phone home_phone
    mobile fax email e_mail redcap_survey_identifier ssn ssn_last4 mrn nhs_number insurance_number account_no licence_no
    vehicle_reg serial_number pump_serial ActigraphSerial url ip_address fingerprint photo voice_recording name_first
    HomePhone_2 carer_name NOK telephone NHS hospital_no BRTHDTC next_of_kin
"""
PLAIN_COLUMNS = """
    drug drug_name instrument_name form_name redcap_event_name image_quality image_1 record_id participant site study_id
    USUBJID SUBJID SITEID age_years sex visit reason country state mobility pump_rate device_worn phonation latency
    sleep_latency date_enrolled first_dose_date visit_date EDSS chip contact_sport ip_dose itb_pump_model city_walk_test
    name_of_drug mailbox registration_complete car_transfer plate_height video_tug_s weight height last_dose_mg
"""
