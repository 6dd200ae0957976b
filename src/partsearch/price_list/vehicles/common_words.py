"""Names of models that are common words, names of goods, or names of makers in price lists of parts.

They count as models only beside their mark, unless the list of vehicles says otherwise.
"""

_WORDS = """
    active adam air almaz alpha alto ambition anthem aqua arena argo arrow arsenal aspire asta astra atlas atom
    aurora avenger aviator axiom azure baja bandit beat beetle bingo blade bolt bonus boxer breeze bronco campo
    capital caravan cargo carol carrera cast celebrity century challenger chance charger cherry city classic
    clipper club cobalt colt combi combo commander compass concept concord concorde condor contour convoy cosmos
    cougar country county coupe courier cowboy crew cross crown cruise cube dart dash delong delta diesel
    diplomat domingo dream duet eagle echo edge electra element elite encore enterprise envoy equator escape
    excel exit expert explorer express falcon family fashion fighter flair flash fleet flex florida flyer
    forward fox free freestyle friday frontier fuga fury fusion galaxy gemini ghost giga gladiator global gloria
    golf grace grand granite gravity hatch highway horizon hornet huge hunter icon idea impala impulse insight
    integra international jade jazz journey joy kicks laser legend liberty life light line logo lotus lucid
    magna magnum mantra marathon mariner master matrix maverick max maxi maxima maxus mega mercury messenger
    metro midget midi mighty mini mirage mirai mistral monaco monitor montana montreal morning mustang naked
    nano native navigator neon nexo nitro noble nomad note nova ocean omega omni onyx opti orange origin orion
    outlook palette panda panther partner passion passport patriot pegas pegasus persona phantom phoenix pickup
    picnic pilot pinnacle pioneer platinum point pointer polar polo pony popular porter premier premio premium
    president prestige pride prime prince prisma pro probe proceed profi progress protege pulsar pulse quest
    quick racer radar raider rainier rally ram ranger rapid raptor ray refine regal rein reliant renegade rich
    road rocket rocky rodeo roma roomy rush safari safe saga sail samurai saturn scout semi senator series
    shadow shark shine shuttle sierra sigma signum silhouette smart sonic soul spacer spade spark special
    spectre spectrum spider spin spirit sport spring sprint star starlight statesman stealth stella stellar
    storm strada stream street style success sultan summit sunny super surf sweet swift symbol tank tara taro
    tempo terrain territory tiger tipo titan today topic torrent torres tour tracer tracker trade traveller
    traverse tribute tundra turbo twin typhoon ultra universe vector vega venture view viper vision vita viva
    volt voyage voyager wagon wave wildlander wind wing wizard yacht zeta авиатор аврора акцент альтеа альфа
    астра атлант атлас барс боксер бриз варшава вега вектор версия вижн вояж галактика гладиатор дана дельта
    династия дион дуэт зенит импала кавалер капелла каприз караван каратель карго карина классика кобальт комета
    компакт компас концерт корда корона корса корсар креста круиз лайф легенда лотус магнум максима марк марка
    мастер матрикс миллениа мира мираж мистраль морнинг мотор мустанг навигатор нова ода океан омега орион
    палисад партнер парус пикап планета победа пони прайд премьер реал рекорд ренегат рич роки рондо садко сатурн сафари
    сафран сенатор сигма сирена скаут спектр спринт стелла стрим стрит тандем тема тигр тритон фаворит фантом
    форвард форза форте форум чайка шаттл эксперт эталон юниверс юпитер
"""

COMMON_WORDS = frozenset(_WORDS.split())
