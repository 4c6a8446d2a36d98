"""Where the facts about treatments come from: keys and titles as in the domain dossier of this project."""

from collections.abc import Mapping
from types import MappingProxyType

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "S11": "Penn RD et al. NEJM 1989;320:1517, 10.1056/NEJM198906083202303",
        "S12": "Coffey RJ et al. J Neurosurg 1993;78:226, 10.3171/jns.1993.78.2.0226",
        "S51": "Nance PW et al. Spinal Cord 2011;49:974 (introduction)",
        "S63": "Postgrad Med J 1975;51:615, 10.1136/pgmj.51.599.615",
        "S65": "Sachais BA et al. Arch Neurol 1977;34:422, 10.1001/archneur.1977.00500190056008",
        "S66": "Feldman RG et al. Neurology 1978;28:1094, 10.1212/wnl.28.11.1094",
        "S67": "Sawa GM, Paty DW. Can J Neurol Sci 1979;6:351, 10.1017/s0317167100023994",
        "S68": "US baclofen label text (secondary copies)",
        "S69": "Shakespeare DT et al. Cochrane CD001332, 2003",
        "S70": "Taricco M et al. Cochrane CD001131",
        "S72": "Ertzgaard P et al. J Rehabil Med 2017;49:193, 10.2340/16501977-2211",
        "S76": "Bensmail D et al. Neurology 2006;67:1432",
        "S77": "McIntyre A et al. J Spinal Cord Med 2014;37:11, 10.1179/2045772313Y.0000000102",
        "S93": "Ashby P et al. JNNP 1972;35:599, 10.1136/jnnp.35.5.599",
        "S103": "cyclobenzaprine label table (secondary copies)",
        "S103b": "secondary pages on older cyclobenzaprine trials",
        "S104": "Lioresal Intrathecal label, US trials table (copy)",
        "S105": "Neurorehabil Neural Repair 2010, 10.1177/1545968310363585",
        "S106": "Ascenda series, Neuromodulation 2021, 10.1111/ner.13412",
        "S107": "Zirl series, Brain Behav 2018, 10.1002/brb3.965",
        "S109": "Štětkářová I. Pain Physician 2015, 10.36076/ppj.2015/18/e",
        "S110": "neurosurgical summary of ITB withdrawal (secondary)",
        "S117": "Muanda FT et al. JAMA 2019;322:1987, 10.1001/jama.2019.17725",
        "S118": "UK Committee on Safety of Medicines, taper over 1-2 weeks; MIMS schedule (secondary)",
        "S119": "Ozobax / Lyvispah US label text",
        "S120": "Lioresal Intrathecal dosing texts (secondary copies)",
        "S121": "Medscape reference, baclofen",
        "S122": "CHEO parenteral manual",
        "S123": "cyclobenzaprine tablets, label summary (secondary)",
        "S124": "cyclobenzaprine extended-release label (Teva)",
        "S125": "summary of stopping symptoms of cyclobenzaprine (secondary)",
    }
)
