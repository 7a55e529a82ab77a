"""What people really engrave, and what must not be engraved without asking."""

# Names, places, wishes and ordinary words; many of them contain what a careless list would find.
HARMLESS_LINES = """
시발역 | 시발점 | 시발택시 | 경원선 시발역 | 시발점에서 | 다시바라 | 다시 바라봐 | 다시 발견 | 역시 발레
도시 발전 | 다시 이발 | 서울시 발표 | 시발표 | 날씨발표 | 글씨발표회 | 솜씨발휘 | 동시발매 | 즉시 발송
임시발행 | 3시 발 KTX | 1시8분 | 2018년 | 십팔번 | 내 십팔번 | 십팔년 우정 | 병신년생 | 간병신청 | 질병신고
물병신상 | 새끼손가락 | 새끼손가락 약속 | 새끼줄 | 내 새끼 | 우리 새끼 | 새끼 고양이 | 이 새끼 고양이
호랑이새끼 | 이 새끼손가락 | 번개 | 개나리 | 개봉동 | 무지개 | 날개 | 안개꽃 | 보지 마 | 해 보지 않을래
바라보지만 | 자지 마 | 잠자지 말자 | 조나단 | 졸라매자 | 에밀 졸라 | 단양팔경 | 강간호사 | 한강간척지
합창녀석들 | 지나치다 | 나 치킨 좋아 | 지나치지 말자 | 홍어 | 튀김 | 애자 | 김애자 | 미친 듯이 사랑해 | 시바견
흰둥이 | 검둥이 | 셰익스피어 | 에섹스 | 서섹스 | 니미츠 | 섹스텟 | 관동팔경 | 오병이어 | 전염병 극복
수빈 ♥ 승범 | ㅅ ♥ ㅂ | ㄱㅅㅂ | ㅋㅋㅋ | ㅎㅎ | 김지우 | 이민호 | 박서준 | 최시원 | 정발산 | 강시발라 | 임창정
조인성 | 한지민 | 오세훈 | 신시아 | 안시현 | 배시우 | 황보지원 | 남궁민 | 제갈공명 | 선우은숙 | 국가대표
사랑해 | 생일 축하해 | 엄마 아빠 고마워 | 결혼 10주년 | 할머니께 | 2026.11.22 | 온담 첫 불 | 우리 가족
손잡고 걷자 | Scunthorpe | Penistone | Essex | Middlesex | Sussex | Lightwater | Clitheroe | Shitterton
Cockermouth | Cockfosters | Dickleburgh | Twatt | Assisi | Phuket | Fukuoka | Bitchfield | Titicaca | Cumbria
Nantucket | Peniche | Texas | Arsenal | Grasmere | Wankaner | Pissarro | Rapeseed | Grapefruit | Dickson
Dickinson | Dickens | Cockburn | Hancock | Hitchcock | Peacock | Babcock | Woodcock | Glasscock | Drake | Romeo
Cassandra | Bassett | Massey | Hassan | Matsushita | Yoshitaka | Kinoshita | Takeshita | Dikshit | Harshit
Rakshita | Shital | Nazir | Nazim | Nazira | Nguyen | Fagan | Fagin | Rapp | Cummings | Cumming | Analia | Anais
Janus | Manus | Titus | Butts | Weiner | Gaylord | Sexton | Hooker | Ramsbottom | Sidebottom | Kuntz | Dike
Dyer | Dick van Dyke | Dick Tracy | Moby Dick | Philip K. Dick | Magna cum laude | Pussy willow | Spice
Chinkara | Snigger | Niggle | Class of 1955 | Bass | Happy birthday | Love, Anna | Mum & Dad | J + M | An & Al
A. S. S. | A·S·S | F. U. | M*A*S*H | Est. 1984 | Route 66 | A55 | Room 455 | B00K | 8008 | 4ever | I ♥ NY
Rock'n'roll | Ave Maria | Carpe diem | TQ | KKK? | Assam tea | Cocktail | Classic | Passion | Compass
Embarrassed | Shiitake | Mishit | Is hit | Push it | Wish it | Pen is here | Who reads | Exchange | Therapist
Manuscript | Circumference | Document | Accumulate | Saturn us | Hello there
Channel | The channel | Annals | Annal | Fagg | Titts | Bus stop | This shift | Chanelle | Wannabe
"""

# What is caught, by the policy that asks for a second look.
EVASION_LINES = {
    "profanity": """
시발 | 씨발 | 시팔 | 쉬벌 | 시 발 | 시.발 | 시-발 | 시_발 | 시1발 | 시♥발 | 시~발 | 시ㅋㅋ발 | ㅅㅣㅂㅏㄹ
ㅅ ㅣ ㅂ ㅏ ㄹ | 시ㅂㅏㄹ | ㅅㅣ발 | ㅅ1발 | ㅅlㅂㅏㄹ | ㅅI발 | 씨이이발 | 시이발 | 씨바아알 | ㅅㅅㅣㅂㅏㄹ
아시발 | 아 시발 | 야 이 씨발놈아 | 시 발놈아 | 씨 발 년 | 시발새끼 | ㅅㅂ | ㅆㅂ | ㅋㅋㅅㅂㅋㅋ | 아ㅅㅂ | ㅄ
ㅂㅅ | ㅈㄹ | tlqkf | TLQKF | tlqkfsha | qudtls | wlfkf | ㄹㅕ차 | 려차 | 병신 | 병 신 | 병.신 | 븅신
ㅂㅕㅇㅅㅣㄴ | 병신아 | 지랄 | 지이랄 | 개지랄 | 개새끼 | 개 새 끼 | 개색기 | 개쉐이 | 이 새끼야 | 씨8 | 18놈
좆같네 | 존나 | 니미럴 | 느금마 | 미친놈 | 엿먹어라 | 시\u200b발 | 시\u3164발 | \uffb5\uffdc\uffb2\uffc2\uffa9
\u1109\u1175\u1107\u1161\u11af | fuck | FUCK YOU | Fucking | motherfucker | f u c k | f.u.c.k | f-u-c-k
f_u_c_k | fu ck | fuuuuck | fuckkk | ffuck | f**k | f*ck | fück | fúck | f\u200buck
f\u0336u\u0336c\u0336k\u0336 | ｆｕｃｋ | ⓕⓤⓒⓚ | 𝓯𝓾𝓬𝓴 | 🇫🇺🇨🇰 | phuck | fcuk | fυck | fuсk | shit | $hit | sh1t
5h1t | sh!t | sh*t | $h!t | ѕһіt | s h i t | holy shit | shit2026 | bullshit | bitch | b1tch | b!tch | bi7ch
biiitch | asshole | a$$hole | @sshole | a s s h o l e | ass | a$s | dickhead | d1ckhead | cunt | c.u.n.t | сunt
wanker | bastard | b4stard
""",
    "sexual": """
섹스 | 섹.스 | ㅅㅔㄱㅅㅡ | tprtm | 창녀 | whore | wh0re | s l u t | s1ut | sIut | slu7 | p0rn | p*ssy | blowjob
bl0wj0b
""",
    "hate": """
쪽바리 | 짱깨 | 짱.깨 | 깜둥이 | 한남충 | 김치녀 | 틀딱 | 히틀러 | nigger | n1gger | n i g g e r | ni99er nigger
nіgga | faggot | f4ggot | Heil Hitler
""",
    "trademark": """
Nike | 나이키 | Starbucks | 스타벅스 | Louis Vuitton | POKEMON | 포켓몬
""",
}


def _texts(lines: str) -> list[str]:
    return [text.strip() for line in lines.strip().splitlines() for text in line.split("|")]


HARMLESS = _texts(HARMLESS_LINES)
EVASIONS = [(text, policy) for policy, lines in EVASION_LINES.items() for text in _texts(lines)]
