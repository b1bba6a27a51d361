"""Chinese as patients type it and as doctors write it: one sentence a line, and what it says.

After the bar: `+finding` is said to be there, `-finding` is said to be absent, `~finding` is not
said of this person at all (someone else's, long past, or only part of a word); `+finding:3` also
gives its days. `age=`, `sex=`, `pregnant=` and the names of vital signs give what else is read;
`=none` that it is not read.
"""

import pytest

from assistant.symptom_check.understand import Understanding, understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import shipped_core
from knowledge_graph.knowledge import build_finder

NEGATION = """
无发热、咳嗽、腹泻 | -fever -cough -diarrhoea
没有发烧，也没有咳嗽 | -fever -cough
没发烧，就是有点咳嗽 | -fever +cough
不发烧但是咳嗽 | -fever +cough
既不发烧也不咳嗽，就是头疼 | -fever -cough +headache
发烧没有，咳嗽倒是有 | -fever +cough
头痛伴恶心，无呕吐，无发热 | +headache +nausea -vomiting -fever
病程中无寒战、盗汗、咯血，无胸痛、心悸 | -rigors -night_sweats -haemoptysis -chest_pain -palpitations
无畏光、羞明、头痛 | -photophobia -headache
否认头痛、头晕、视物旋转、耳鸣 | -headache -dizziness -tinnitus
未诉腹痛、腹泻 | -abdominal_pain -diarrhoea
无恶心呕吐，无腹痛腹泻 | -nausea -vomiting -abdominal_pain -diarrhoea
无明显咳嗽咳痰 | -productive_cough
未见皮疹、黄疸 | -rash -jaundice
皮肤巩膜无黄染，双下肢无水肿 | -oedema_legs
浅表淋巴结未触及肿大 | -swollen_lymph_nodes
双肺未闻及干湿性啰音，腹软，无压痛、反跳痛 | -rebound_tenderness
颈软，克氏征、布氏征阴性 | -kernig_sign
墨菲征（-），麦氏点压痛（+） | -murphy_sign +mcburney_tenderness
反跳痛(-)，腹肌紧张(-) | -rebound_tenderness -abdominal_rigidity
墨菲征(－) | -murphy_sign
不认识家人，昨晚全身抽搐一次 | +seizure
头不疼，嗓子也不疼，就是流鼻涕 | -headache -sore_throat +runny_nose
肚子不疼，但是拉了好几次肚子 | -abdominal_pain +diarrhoea
肚子胀不痛 | +abdominal_bloating
胸口不闷，也不喘 | -chest_tightness
头不晕，眼睛不红 | -dizziness -red_eye
鼻子不堵，嗓子没疼过 | -blocked_nose -sore_throat
头疼，不恶心，也不怕光 | +headache -nausea -photophobia
不咳嗽不发烧，就是嗓子疼 | -cough -fever +sore_throat
没有咳嗽流鼻涕，只是发烧 | -cough -runny_nose +fever
咳嗽，但没有痰也不发烧 | +cough -fever
并没有头晕，只是觉得乏力 | -dizziness +fatigue
没怎么咳嗽，也没再发烧 | -cough -fever
不怎么咳嗽了，还有点流鼻涕 | -cough +runny_nose
不是很头疼，但恶心得厉害 | -headache +nausea
从来没有头痛过 | -headache
这次没有出现胸痛 | -chest_pain
无发热，伴咳嗽、咳痰 | -fever +cough +productive_cough
无发热咳嗽，3天前出现腹痛 | -fever -cough +abdominal_pain
头痛已经消失，仍有头晕 | -headache +dizziness
烧退了，头痛也好了，现在只剩咳嗽 | -headache +cough
没吃东西就头晕 | +dizziness
没有睡好，头疼 | +headache
没吃饭肚子疼 | +abdominal_pain
没有休息好就心慌 | +palpitations
吃了药没用，还是头疼 | +headache
孩子没有抽搐，精神可，有发热 | -seizure +fever
无头晕、头痛，无恶心、呕吐，无意识障碍，无肢体抽搐 | -dizziness -headache -nausea -vomiting -reduced_consciousness -seizure
二便正常，无血尿、尿频、尿急、尿痛 | -haematuria -urinary_frequency -urinary_urgency -dysuria
无胸闷气短，无心慌 | -chest_tightness -palpitations
不痛不痒的红疹 | +rash ~rash_itchy
身上起了不痒的红疹 | +rash ~rash_itchy
起了红疹，身上不痒 | +rash -itching_general
腿上有皮疹，不痛不痒 | +rash
大便没有血 | -rectal_bleeding
夜里咳嗽，白天不咳嗽 | +night_cough
走路不喘，躺下也不喘 | -breathlessness_exertion
医生问有没有发烧，我说有点咳嗽 | ~fever +cough
不知道有没有发烧，头很疼 | ~fever +headache
"""

LOOKALIKES = """
不停地咳嗽 | +cough
咳个不停，吐个不停 | +cough +vomiting
鼻血止不住 | +nosebleed
一直止不住地咳嗽 | +cough
忍不住咳嗽 | +cough
晚上不能入睡，头疼 | +headache
无法入睡，心慌 | +palpitations
四肢无力，头晕 | +weakness_general +dizziness
全身不适，发热 | +malaise +fever
不明原因发热一周 | +fever
不规则发热半个月 | +fever
无明显诱因出现咳嗽、咳痰 | +cough +productive_cough
无诱因下出现腹痛 | +abdominal_pain
无意中发现颈部肿块 | +neck_lump
无缘无故头晕 | +dizziness
头痛不缓解，休息后无好转 | +headache
不仅发烧，还咳嗽 | +fever +cough
不光头疼，还恶心 | +headache +nausea
不只是咳嗽 | +cough
不得不承认最近头疼很频繁 | +headache
不自觉地流泪，眼睛红 | +watery_eyes +red_eye
不同程度的头痛、头晕 | +headache +dizziness
胃口不好，恶心 | +loss_of_appetite +nausea
非典型胸痛3小时 | +chest_pain
非常头疼 | +headache
疼得没法睡觉，发烧 | +fever
没想到今天又发烧了 | +fever
没几天又开始咳嗽 | +cough
没多久就呕吐了 | +vomiting
没过多久出现皮疹 | +rash
未经治疗，咳嗽加重 | +cough
未予重视，后出现胸闷 | +chest_tightness
突然意识不清，抽搐 | +confusion +seizure
说不出话，口角歪斜 | +speech_difficulty +face_droop
不敢咳嗽，一咳胸口疼 | +chest_pain
疼得不厉害，就是头晕 | +dizziness
受不了了，牙疼 | +toothache
头痛无缓解 | +headache
发热不退 | +fever
没完没了地打喷嚏 | +sneezing
"""

WHOSE_AND_WHEN = """
否认高血压、糖尿病史 | -history_hypertension -history_diabetes
否认高血压、糖尿病、冠心病病史 | -history_hypertension -history_diabetes -history_heart_disease
既往有高血压、糖尿病病史 | +history_hypertension +history_diabetes
既往高血压病史10年，糖尿病史5年 | +history_hypertension +history_diabetes
有高血压和糖尿病，最近胸闷 | +history_hypertension +history_diabetes +chest_tightness
既往体健，无高血压、心脏病病史 | -history_hypertension -history_heart_disease
去年咳嗽过一次，这次是头疼 | ~cough +headache
以前偶尔头痛，现在胸痛 | ~headache +chest_pain
小时候经常流鼻血，最近头晕 | ~nosebleed +dizziness
曾有腹痛，已愈，今日呕吐 | ~abdominal_pain +vomiting
从去年开始咳嗽 | +cough
2年前无明显诱因出现反复咳嗽 | +cough
半年前开始头痛，近来加重 | +headache
3年前出现关节痛，未治疗 | +joint_pain
5年前曾咯血，现发热 | ~haemoptysis +fever
我妈有高血压，我最近头晕 | ~history_hypertension +dizziness
我妈妈也咳嗽，我发烧了 | ~cough +fever
同事发烧了，我有点咳嗽 | ~fever +cough
室友拉肚子，我也开始肚子疼 | ~diarrhoea +abdominal_pain
我老公感冒咳嗽，我今天头疼 | ~cough +headache
孩子发烧两天，我自己也开始嗓子疼 | ~fever +sore_throat
我妈头晕恶心两天了 | +dizziness +nausea
我奶奶今天突然胸痛 | +chest_pain
我老公肚子疼，还呕吐 | +abdominal_pain +vomiting
孩子发烧咳嗽 | +fever +cough
家族史：父亲患高血压，母亲患糖尿病 | ~history_hypertension ~history_diabetes
父母体健，家族中无类似疾病，患者头痛 | +headache
爷爷有糖尿病，本人口渴 | ~history_diabetes +excessive_thirst
好像有点发烧，可能是头疼引起的 | +fever +headache
感觉似乎有些胸闷 | +chest_tightness
吸烟20年，每天一包 | +smoking
不抽烟不喝酒，头晕 | -smoking +dizziness
无烟酒嗜好，否认吸烟史 | -smoking
无药物过敏史 | -allergy_history
没有怀孕，月经推迟 | +missed_period pregnant=absent
"""

DURATION = """
发烧3天 | +fever:3
咳嗽半个月 | +cough:15
头痛一周余 | +headache:7
头晕两年 | +dizziness:730
反复咳嗽5年，加重2天 | +cough:1825
间断腹痛10余天 | +abdominal_pain:10
腹泻十几天 | +diarrhoea:10
发热3+天 | +fever:3
咳嗽、咳痰20余年 | +cough:7300
头痛3d | +headache:3
发热2天，咳嗽1天 | +fever:2 +cough:1
腰疼三四天了 | +low_back_pain:3
头疼一个半月 | +headache:45
牙疼一天半 | +toothache:1.5
昨天开始发烧 | +fever:1
前天晚上开始拉肚子 | +diarrhoea:2
两周前开始咳嗽 | +cough:14
胸痛2小时 | +chest_pain:0.083
腹痛半天 | +abdominal_pain:0.5
头疼有一个星期了 | +headache:7
咳嗽五六天 | +cough:5
头晕十五天 | +dizziness:15
皮疹二十多天 | +rash:20
宝宝6个月，发烧2天 | +fever:2 age=0.5
孩子8个月大发烧了 | +fever:none age=0.667
一天拉十几次肚子 | +diarrhoea:none
每天3次头痛 | +headache:none
末次月经3月15日，头痛 | +headache:none
患者3天前受凉后出现发热 | +fever:3
抽搐5分钟 | +seizure:0.00347
因“右下腹痛6小时”入院 | +abdominal_pain_right_lower:0.25
吸烟30年，咳嗽3天 | +smoking:10950 +cough:3
"""

SPOKEN = """
头有点晕 | +dizziness
肚子一直在疼 | +abdominal_pain
嗓子特别疼 | +sore_throat
胸口总是闷 | +chest_tightness
眼睛今天早上有点红 | +red_eye
鼻子老是堵 | +blocked_nose
膝盖最近一直疼 | +knee_pain
牙从昨天晚上开始疼 | +toothache
腰已经疼了三天了 | +low_back_pain:3
耳朵时不时嗡嗡响 | +tinnitus
嗓子这两天有点哑 | +hoarseness
头一阵一阵地疼 | +headache
胃有点不舒服 | +abdominal_pain_upper_middle
疼得厉害的是右下腹 | +abdominal_pain_right_lower
疼的地方是右上腹 | +abdominal_pain_right_upper
疼痛主要在右下腹 | +abdominal_pain_right_lower
肚子疼，主要是右上腹 | +abdominal_pain_right_upper
腹痛2天，以右上腹为主，向右肩放射 | +abdominal_pain_right_upper
腹痛3天，以脐周为著，伴呕吐 | +abdominal_pain_central +vomiting
腹痛1天，位于左下腹，呈阵发性 | +abdominal_pain_left_lower +abdominal_pain_cramping
腹痛，无发热。右下腹为主 | +abdominal_pain_right_lower -fever
头痛，以太阳穴为主 | +headache_temple
胸痛，呈压榨性，放射到左肩 | +chest_pain_crushing +chest_pain_radiating_arm_jaw
腹痛，非右上腹，以脐周为主 | +abdominal_pain_central
发了三天烧 | +fever:3
发着高烧，浑身疼 | +fever +body_aches
咳了一个星期嗽 | +cough:7
拉了两天肚子 | +diarrhoea:2
拉了好几次肚子 | +diarrhoea
出了一身疹子 | +rash
抽了好几次筋 | +muscle_cramps
掉了很多头发 | +hair_loss
流了好多鼻血 | +nosebleed
打了一早上喷嚏 | +sneezing
头疼死了 | +headache
头好疼啊 | +headache
肚子好像有点胀 | +abdominal_bloating
腿上起了很多红点点 | +rash
医生您好，我最近头老是晕，睡不着觉 | +dizziness +insomnia
摔了好几跤 | +fall
晕倒过两次 | +fainting
嗓子庝 | +sore_throat
眼睛庝了两天 | +eye_pain:2
咽東西困難，喉嚨痛 | +difficulty_swallowing +sore_throat
我頭痛發燒，沒有咳嗽 | +headache +fever -cough
肚子痛、嘔吐、腹瀉三天 | +abdominal_pain +vomiting +diarrhoea:3
ｆｅｖｅｒ，头痛，体温３８．９℃ | +headache temperature_c=38.9
"""

VITALS = """
体温38.9℃ | temperature_c=38.9
T 38.5℃ P 120次/分 R 30次/分 BP 85/50mmHg | temperature_c=38.5 heart_rate=120 respiratory_rate=30 systolic_bp=85 diastolic_bp=50
T:36.8℃，P:80次/分，R:20次/分，BP:120/80mmHg | temperature_c=36.8 heart_rate=80 respiratory_rate=20 systolic_bp=120
T38.5，P98，R22 | temperature_c=38.5 heart_rate=98 respiratory_rate=22
血压90/60 | systolic_bp=90 diastolic_bp=60
血压：160／95mmHg | systolic_bp=160 diastolic_bp=95
高压160，低压95 | systolic_bp=160 diastolic_bp=95
收缩压180mmHg，舒张压110mmHg | systolic_bp=180 diastolic_bp=110
心率120次/分，律齐 | heart_rate=120
脉搏110，呼吸28次/分 | heart_rate=110 respiratory_rate=28
SpO2 88% | spo2=88
指脉氧92%，血氧饱和度不低 | spo2=92
氧饱和度90% | spo2=90
血糖18 | glucose_mmol_l=18
随机血糖22.3mmol/L | glucose_mmol_l=22.3
烧到38度5 | temperature_c=38.5
烧到三十九度 | temperature_c=39
最高体温达39.5℃，伴寒战 | temperature_c=39.5 +rigors
体温三十八度五 | temperature_c=38.5
WBC 15×10^9/L，CRP 60 | temperature_c=none heart_rate=none respiratory_rate=none spo2=none
发热3天 | temperature_c=none
发烧，35岁 | temperature_c=none age=35
发热40天，咳嗽 | temperature_c=none
GCS 8分 | gcs=8
腹痛，HR 110bpm，RR 24 | heart_rate=110 respiratory_rate=24
每分钟心跳130次 | heart_rate=130
我心跳每分钟110下 | heart_rate=110
T波倒置，P波消失 | temperature_c=none heart_rate=none
"""

PERSON = """
男，45岁 | age=45 sex=male
男,45岁,头痛3天 | age=45 sex=male
患者女性，32岁 | age=32 sex=female
患者，女，68岁，因胸闷入院 | age=68 sex=female
病人，男，49岁 | age=49 sex=male
宝宝6个月 | age=0.5
宝宝男，10个月，咳嗽 | age=0.833 sex=male
8个月大的孩子 | age=0.667
我家孩子三岁半，发烧 | age=3.5
3岁半女孩 | age=3.5 sex=female
1岁2个月的宝宝 | age=1.167
65周岁，男性 | age=65 sex=male
我今年50，头晕 | age=50
今年五十二了，胸闷 | age=52
28岁女，停经50天 | age=28 sex=female pregnant=none
年龄：36岁 性别：女 | age=36 sex=female
年龄36，性别男 | age=36 sex=male
女28岁，下腹痛 | age=28 sex=female
四十五岁男性 | age=45 sex=male
我妈妈七十岁 | age=70 sex=female
我老公35岁，腰疼 | age=35 sex=male
我是男生，19岁 | age=19 sex=male
70多岁的老人，男 | age=70 sex=male
出生20天的新生儿 | age=0.0548
宝宝刚满月，吐奶 | age=0.083
5岁时得过肺炎，现在30岁 | age=30
孩子咳嗽6个月了 | age=none
孕3月，恶心 | pregnant=present sex=female
怀孕28周，头痛 | pregnant=present
孕12+3周，腹痛 | pregnant=present
孕妇，阴道出血 | pregnant=present sex=female
G2P1，月经规律 | pregnant=none
备孕中，月经推迟 | pregnant=none
是不是怀孕了？恶心 | pregnant=none
会不会是怀孕了，最近想吐 | pregnant=none
吃避孕药，不可能怀孕 | pregnant=absent
未怀孕，腹痛 | pregnant=absent
尿妊娠试验阴性 | pregnant=absent
没怀孕，乏力 | pregnant=absent
月经量多，头晕 | sex=female
我有前列腺炎，尿频 | sex=male
女儿5岁，发烧 | age=5 sex=female
儿子8岁，咳嗽 | age=8 sex=male
"""


def _lines(block: str) -> list[tuple[str, str]]:
    pairs = (line.split(" | ") for line in block.strip().splitlines())
    return [(text, expected) for text, expected in pairs]


ALL = [
    line
    for block in (NEGATION, LOOKALIKES, WHOSE_AND_WHEN, DURATION, SPOKEN, VITALS, PERSON)
    for line in _lines(block)
]


@pytest.fixture(scope="module")
def finder() -> ConceptFinder:
    return build_finder(shipped_core())


def _is_kind_of(concept_id: str, general: str) -> bool:
    at: str | None = concept_id
    while at is not None and at != general:
        at = shipped_core().findings[at].parent
    return at == general


def _check_finding(understood: Understanding, expected: str) -> None:
    sign, (concept_id, _, days) = expected[0], expected[1:].partition(":")
    said = {finding.concept_id: finding for finding in understood.findings}
    if sign == "~":
        assert concept_id not in said
    elif sign == "-":
        assert said[concept_id].presence == "absent"
    else:
        # Whoever has a kind of a finding has the finding.
        found = [f for f in understood.findings if _is_kind_of(f.concept_id, concept_id)]
        assert "present" in [finding.presence for finding in found]
        if days:
            wanted = None if days == "none" else pytest.approx(float(days), rel=0.02)
            assert found[0].days == wanted


def _check_value(understood: Understanding, expected: str) -> None:
    key, _, wanted = expected.partition("=")
    if key == "age":
        told: float | str | None = understood.age_years
    elif key in ("sex", "pregnant"):
        told = understood.sex if key == "sex" else understood.pregnant
        told = None if told in (None, "unknown") else told.value
    else:
        told = next((m.value for m in understood.measurements if m.vital_sign == key), None)
    if wanted == "none":
        assert told is None
    else:
        assert told == (wanted if wanted.isalpha() else pytest.approx(float(wanted), rel=0.01))


@pytest.mark.parametrize(("text", "expected"), ALL, ids=[text for text, _ in ALL])
def test_reads_chinese(finder: ConceptFinder, text: str, expected: str) -> None:
    understood = understand(text, "zh", finder, shipped_core())
    for part in expected.split():
        if part[0] in "+-~":
            _check_finding(understood, part)
        else:
            _check_value(understood, part)
