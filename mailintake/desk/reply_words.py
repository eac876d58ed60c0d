"""Words of short replies in the languages of the desk's customers; data only, without ё."""

from dataclasses import dataclass


def phrases(table: str) -> frozenset[str]:
    """The phrases between the bars, casefolded, with single spaces."""
    return frozenset(" ".join(phrase.split()) for phrase in table.casefold().split("|"))


@dataclass(frozen=True, slots=True)
class Language:
    """How one language agrees and refuses, and what it puts beside that: what asks, what thanks."""

    yes: frozenset[str]
    no: frozenset[str]
    please: frozenset[str]
    thanks: frozenset[str]


def language(*, yes: str, no: str, please: str, thanks: str) -> Language:
    return Language(phrases(f"{yes} | ok | okay"), phrases(no), phrases(please), phrases(thanks))


# A language of its own for each: "da" is a yes, but not with a German word behind it, nor "так" with a Russian one.
LANGUAGES: tuple[Language, ...] = (
    language(  # English
        yes="""yes | yep | yeah | sure | of course | certainly | absolutely | approve | approved | i approve |
        we approve | i approve this | approve it | approve this | agree | agreed | i agree | we agree | accept |
        accepted | i accept | we accept | confirm | confirmed | i confirm | we confirm | go ahead | do it | i do |
        we do | that is fine | that's fine | fine with me | fine by me | fine with us | all right | alright | add him |
        add her | add them | allow | allowed | granted""",
        no="""no | nope | decline | declined | i decline | we decline | reject | rejected | i reject | we reject |
        refuse | refused | i refuse | deny | denied | disagree | i disagree | not approved | not agreed |
        not accepted | do not approve | don't approve | i do not approve | i don't approve | we do not approve |
        we don't approve | do not agree | don't agree | i do not agree | i don't agree | we do not agree |
        i do not accept | we do not accept | i don't | we don't | i do not | we do not | never | no way |
        not allowed""",
        please="please | pls | plz | kindly | sorry | sir | madam | thanks in advance | thank you in advance",
        thanks="""thank you | thanks | thanx | thx | ty | many thanks | thanks again | thanks all | thanks everyone |
        thank you all | thank you again | thank you so much | thank you very much | big thanks | much appreciated |
        appreciated | appreciate it | i appreciate it | cheers""",
    ),
    language(  # Russian
        yes="""да | конечно | согласен | согласна | согласны | согласовано | согласовываю | одобряю | одобрено |
        одобряем | подтверждаю | подтверждено | подтверждаем | принимаю | принято | разрешаю | разрешено | хорошо |
        ладно | ок | окей | не возражаю | я согласен | я согласна | мы согласны | добавляйте | добавьте""",
        no="""нет | не согласен | не согласна | не согласны | не согласовано | не одобряю | не одобрено | не одобряем |
        не подтверждаю | не подтверждаем | не разрешаю | не принимаю | отклоняю | отклонено | отклонить | отказ |
        отказать | отказываю | отказываюсь | против | мы против | я против | возражаю | нельзя | ни в коем случае""",
        please="пожалуйста | прошу | извините | заранее спасибо",
        thanks="""спасибо | большое спасибо | спасибо большое | спасибо огромное | огромное спасибо | благодарю |
        благодарим | благодарю вас | благодарствую | спасибо вам | спасибо всем | спс""",
    ),
    language(  # Ukrainian
        yes="""так | авжеж | звісно | звичайно | згоден | згодна | згодні | погоджую | погоджуюсь | погоджуюся |
        погоджено | схвалюю | схвалено | підтверджую | підтверджено | приймаю | прийнято | дозволяю | добре | гаразд |
        ок | окей | не заперечую | додавайте | додайте""",
        no="""ні | не згоден | не згодна | не згодні | не погоджую | не погоджуюсь | не погоджуюся | не схвалюю |
        не схвалено | не підтверджую | не дозволяю | не приймаю | відхиляю | відхилено | відхилити | відмова |
        відмовити | відмовляю | відмовляюсь | проти | я проти | заперечую | не можна""",
        please="будь ласка | прошу | вибачте | наперед дякую",
        thanks="""дякую | дякуємо | щиро дякую | дуже дякую | дякую дуже | велике дякую | дякую вам | дякую всім |
        красно дякую | вдячний | вдячна""",
    ),
    language(  # Vietnamese, also typed without accents
        yes="""có | vâng | dạ | dạ vâng | vâng ạ | dạ có | ừ | đồng ý | tôi đồng ý | chúng tôi đồng ý | em đồng ý |
        được | chấp nhận | tôi chấp nhận | chấp thuận | phê duyệt | duyệt | đã duyệt | xác nhận | tất nhiên | vang |
        dong y | toi dong y""",
        no="""không | không ạ | dạ không | không đồng ý | tôi không đồng ý | chúng tôi không đồng ý | không được |
        không chấp nhận | không chấp thuận | không phê duyệt | không duyệt | không xác nhận | từ chối | tôi từ chối |
        khong | khong dong y | toi khong dong y | tu choi""",
        please="vui lòng | xin | xin lỗi | ạ | nhé",
        thanks="""cảm ơn | cám ơn | xin cảm ơn | cảm ơn bạn | cảm ơn anh | cảm ơn chị | cảm ơn em | cảm ơn các bạn |
        cảm ơn nhiều | cảm ơn bạn nhiều | cảm ơn rất nhiều | cảm ơn ạ | chân thành cảm ơn | cam on | cam on ban |
        cam on nhieu""",
    ),
    language(  # Slovene
        yes="""da | ja | seveda | strinjam se | se strinjam | se strinjamo | strinjamo se | odobravam | odobravamo |
        odobreno | odobrim | potrjujem | potrjujemo | potrjeno | potrdim | soglašam | sprejmem | sprejeto | v redu |
        dovolim | dovoljeno | lahko""",
        no="""ne | ne strinjam se | se ne strinjam | se ne strinjamo | ne odobravam | ne odobravamo | ne odobrim |
        ni odobreno | ne potrjujem | ne potrdim | ne soglašam | ne sprejmem | ne dovolim | zavračam | zavrnem |
        zavrnjeno | zavrnite | odklanjam | nikakor | ni dovoljeno""",
        please="prosim | oprostite",
        thanks="""hvala | hvala lepa | najlepša hvala | lepa hvala | hvala lepo | hvala vam | hvala vsem | puno hvala |
        zahvaljujem se | se zahvaljujem""",
    ),
    language(  # German
        yes="""ja | jawohl | ja gerne | gerne | natürlich | selbstverständlich | einverstanden | genehmigt |
        genehmige | ich genehmige | zugestimmt | ich stimme zu | wir stimmen zu | stimme zu | zustimmung | bestätigt |
        ich bestätige | wir bestätigen | akzeptiert | freigegeben | passt | in ordnung | angenommen""",
        no="""nein | nö | abgelehnt | ich lehne ab | wir lehnen ab | lehne ab | ablehnen | nicht einverstanden |
        nicht genehmigt | nicht freigegeben | ich stimme nicht zu | wir stimmen nicht zu | auf keinen fall |
        keinesfalls""",
        please="bitte | bitte sehr | leider | danke im voraus",
        thanks="""danke | danke schön | dankeschön | vielen dank | danke sehr | herzlichen dank | besten dank |
        tausend dank | danke nochmals | danke euch | danke ihnen | danke dir | danke vielmals""",
    ),
    language(  # French
        yes="""oui | d'accord | bien sûr | entendu | approuvé | j'approuve | nous approuvons | accepté | j'accepte |
        nous acceptons | accordé | confirmé | je confirme | nous confirmons | je suis d'accord |
        nous sommes d'accord""",
        no="""non | refusé | je refuse | nous refusons | rejeté | pas d'accord | je ne suis pas d'accord |
        nous ne sommes pas d'accord | je n'approuve pas | jamais | pas question""",
        please="s'il vous plaît | s'il te plaît | svp | désolé | désolée | merci d'avance",
        thanks="""merci | merci beaucoup | merci bien | un grand merci | grand merci | mille mercis | merci à vous |
        merci encore | merci infiniment | je vous remercie""",
    ),
    language(  # Spanish
        yes="""sí | si | claro | por supuesto | de acuerdo | estoy de acuerdo | estamos de acuerdo | aprobado |
        aprobada | apruebo | aprobamos | acepto | aceptamos | aceptado | confirmo | confirmado | confirmamos |
        autorizo | autorizado | vale | conforme""",
        no="""no | rechazo | rechazado | rechazamos | no apruebo | no aprobado | no acepto | no autorizo |
        no estoy de acuerdo | no estamos de acuerdo | denegado | de ninguna manera | jamás""",
        please="por favor | lo siento | gracias de antemano",
        thanks="""gracias | muchas gracias | mil gracias | muchísimas gracias | gracias a todos | gracias de nuevo |
        os agradezco | se lo agradezco""",
    ),
    language(  # Italian
        yes="""sì | si | certo | certamente | d'accordo | sono d'accordo | siamo d'accordo | approvo | approvato |
        approvata | approviamo | accetto | accettiamo | accettato | confermo | confermato | confermiamo | va bene |
        autorizzo | autorizzato""",
        no="""no | rifiuto | rifiutato | rifiutiamo | respinto | non approvo | non approvato | non accetto |
        non autorizzo | non sono d'accordo | non siamo d'accordo | negato | assolutamente no | mai""",
        please="per favore | per cortesia | mi dispiace",
        thanks="""grazie | grazie mille | molte grazie | mille grazie | tante grazie | vi ringrazio | la ringrazio |
        ti ringrazio | grazie a tutti | grazie ancora | grazie infinite""",
    ),
    language(  # Polish
        yes="""tak | oczywiście | zgoda | zgadzam się | zgadzamy się | wyrażam zgodę | akceptuję | akceptujemy |
        zaakceptowano | zatwierdzam | zatwierdzamy | zatwierdzone | zatwierdzono | potwierdzam | potwierdzamy |
        dobrze | w porządku""",
        no="""nie | nie zgadzam się | nie zgadzamy się | nie wyrażam zgody | nie akceptuję | nie akceptujemy |
        nie zatwierdzam | nie potwierdzam | odrzucam | odrzucono | odmawiam | odmowa | brak zgody | nigdy""",
        please="proszę | przepraszam | z góry dziękuję",
        thanks="""dziękuję | dziękujemy | dzięki | dziękuję bardzo | bardzo dziękuję | wielkie dzięki | dziekuje |
        serdecznie dziękuję | dzięki wielkie""",
    ),
    language(  # Croatian
        yes="""da | naravno | svakako | slažem se | slažemo se | odobravam | odobravamo | odobreno | potvrđujem |
        potvrđujemo | potvrđeno | prihvaćam | prihvaćeno | u redu | može | suglasan | suglasna | suglasni""",
        no="""ne | ne slažem se | ne slažemo se | ne odobravam | ne odobravamo | nije odobreno | ne potvrđujem |
        ne prihvaćam | odbijam | odbijamo | odbijeno | ne može | nikako | nisam suglasan | nisam suglasna""",
        please="molim | molim vas | molim te | oprostite",
        thanks="""hvala | hvala lijepa | puno hvala | hvala puno | hvala lijepo | hvala vam | zahvaljujem |
        hvala svima | najljepša hvala""",
    ),
)

# Behind a word of thanks, and saying nothing by themselves.
MORE = phrases(
    """
    a lot | so much | very much | and | for your help | for the help | for your support | for your quick help |
    for the quick help | for your reply | for the quick reply | for your quick reply | for the quick response |
    for your quick response | for your time | for everything | for asking | team | за помощь | за вашу помощь |
    за ответ | за быстрый ответ | за оперативность | за поддержку | за допомогу | за вашу допомогу | за відповідь |
    за швидку відповідь | за підтримку | đã hỗ trợ | đã giúp đỡ | vì đã giúp đỡ | rất nhiều | nhiều | za pomoč |
    za hitro pomoč | za vašo pomoč | za odgovor | za hiter odgovor | in | für die hilfe | für ihre hilfe |
    für die schnelle hilfe | für deine hilfe | für die schnelle antwort | und | pour votre aide | pour votre réponse |
    et | por su ayuda | por la ayuda | por tu ayuda | por la respuesta | per l'aiuto | per il supporto |
    per la risposta | za pomoć | za odpowiedź | za szybką odpowiedź | za szybką pomoc | za brzi odgovor | i | 🙏
    """
)

# As good as thanks: all is well, or farewell.
FINE = phrases(
    """
    ok | okay | received | got it | noted | understood | works | works now | it works | it works now | now it works |
    it's working | it is working | it's working now | it is working now | working now | works fine | works fine now |
    works great | everything works | everything works now | everything works fine | all works | all works now |
    all good | all fine | solved | resolved | fixed | it is solved | it is fixed | it's fixed | it's solved |
    problem solved | the problem is solved | the issue is resolved | that helped | this helped | it helped |
    that worked | that did it | bye | goodbye | 👍 | 👌 | ок | окей | хорошо | понятно | ясно | понял | поняла |
    получил | получила | получили | получено | принято | работает | все работает | все заработало | заработало |
    уже работает | теперь работает | теперь все работает | все хорошо | все в порядке | все отлично | помогло |
    решено | вопрос решен | проблема решена | до свидания | добре | зрозуміло | зрозумів | зрозуміла | отримав |
    отримала | отримали | отримано | прийнято | працює | все працює | усе працює | вже працює | тепер працює |
    тепер все працює | вже все працює | запрацювало | все запрацювало | все добре | все гаразд | допомогло | вирішено |
    питання вирішено | проблему вирішено | до побачення | vâng | vâng ạ | dạ | dạ vâng | được rồi | đã nhận |
    đã nhận được | tôi đã nhận được | đã hiểu | tôi đã hiểu | đã hoạt động | hoạt động rồi | đã được | đã xong |
    xong rồi | tạm biệt | v redu | vse v redu | prejeto | razumem | dela | zdaj dela | že dela | vse dela |
    zdaj vse dela | deluje | zdaj deluje | že deluje | vse deluje | zdaj vse deluje | rešeno | urejeno | nasvidenje |
    adijo | alles klar | in ordnung | passt | verstanden | erhalten | angekommen | geht | geht wieder | geht jetzt |
    es geht wieder | jetzt geht es | jetzt geht's | funktioniert | funktioniert jetzt | funktioniert wieder |
    es funktioniert | jetzt funktioniert es | jetzt funktioniert alles | alles funktioniert | alles gut | erledigt |
    gelöst | problem gelöst | hat geklappt | tschüss | auf wiedersehen | d'accord | bien reçu | reçu | compris |
    ça marche | ça fonctionne | tout fonctionne | tout marche | c'est bon | c'est réglé | résolu | problème résolu |
    au revoir | recibido | entendido | de acuerdo | vale | funciona | ya funciona | todo funciona | ahora funciona |
    todo bien | todo en orden | resuelto | solucionado | problema resuelto | adiós | ricevuto | capito | va bene |
    funziona | ora funziona | tutto funziona | funziona tutto | tutto bene | risolto | problema risolto | arrivederci |
    otrzymałem | otrzymałam | odebrano | rozumiem | działa | już działa | teraz działa | wszystko działa |
    wszystko w porządku | rozwiązane | problem rozwiązany | do widzenia | u redu | sve u redu | primljeno |
    primio sam | primila sam | razumijem | radi | sada radi | sve radi | sada sve radi | riješeno | doviđenja
    """
)

# Beside thanks; alone it may be meant otherwise.
PRAISE = phrases(
    """
    great | perfect | excellent | super | awesome | wonderful | fantastic | brilliant | cool | nice | good |
    very good | great job | good job | great support | great service | great work | well done | отлично | супер |
    прекрасно | замечательно | отличная работа | чудово | відмінно | чудова робота | tuyệt vời | tuyệt | tốt |
    rất tốt | odlično | krasno | prima | toll | perfekt | klasse | wunderbar | sehr gut | parfait | génial |
    très bien | perfecto | genial | excelente | estupendo | perfetto | ottimo | fantastico | świetnie | doskonale |
    izvrsno | savršeno | best regards | kind regards | regards | best wishes | have a nice day | have a great day |
    have a good day | have a nice weekend | have a great weekend | с уважением | хорошего дня | всего доброго |
    удачного дня | хороших выходных | з повагою | гарного дня | всього найкращого | trân trọng |
    chúc một ngày tốt lành | lep pozdrav | lp | lep dan | lep dan še naprej | lepo pozdravljeni | mfg | lg |
    mit freundlichen grüßen | viele grüße | liebe grüße | beste grüße | schönen tag | schönen tag noch |
    schönes wochenende | cordialement | bonne journée | bon week end | saludos | un saludo | buen día |
    cordiali saluti | saluti | buona giornata | pozdrawiam | miłego dnia | lijep pozdrav | lijep dan | ugodan dan
    """
)

HELLO = phrases(
    """
    hi | hello | hey | dear | hi there | hello there | good morning | good day | good afternoon | good evening |
    привет | здравствуйте | добрый день | доброе утро | добрый вечер | уважаемый | уважаемая | уважаемые |
    приветствую | вітаю | привіт | добрий день | доброго дня | добрий вечір | доброго ранку | шановний | шановна |
    шановні | chào | xin chào | kính gửi | kính chào | em chào | zdravo | pozdravljeni | pozdravljen | pozdravljena |
    živjo | dober dan | dobro jutro | spoštovani | spoštovana | hallo | guten tag | guten morgen | guten abend | moin |
    servus | grüß gott | liebe | lieber | sehr geehrte | sehr geehrter | bonjour | bonsoir | salut | cher | chère |
    hola | buenos días | buenas tardes | buenas | estimado | estimada | estimados | ciao | salve | buongiorno |
    buonasera | gentile | dzień dobry | cześć | witam | szanowni państwo | szanowny panie | szanowna pani | bok |
    dobar dan | poštovani | poštovana
    """
)

# Whoever is greeted without a name, or stands before one.
ADDRESSED = phrases(
    """
    mr | mrs | ms | dr | prof | sir | madam | all | everyone | everybody | team | support | colleagues | friends |
    коллеги | команда | господин | госпожа | колеги | командо | пане | пані | anh | chị | em | bạn | các | quý | công |
    ty | gospod | gospa | g | ga | ekipa | herr | frau | herren | damen | und | zusammen | alle | monsieur | madame |
    señor | señora | sr | sra | equipo | signor | signora | pan | pani | państwo | gospodine | gospođo | svima |
    vsem
    """
)

# What takes back, or makes a condition of, the sentence before.
TURNS = phrases(
    """
    but | however | only | if | unless | until | except | wait | actually | although | though | still | once | when |
    after | before | provided | or | maybe | perhaps | otherwise | error | problem | broken | stop | cancel | но |
    однако | только | если | кроме | пока | подождите | хотя | или | может | возможно | когда | после | ошибка |
    проблема | але | однак | проте | тільки | лише | якщо | крім | поки | зачекайте | хоча | або | можливо | коли |
    після | помилка | nhưng | tuy | chỉ | nếu | trừ | chờ | đợi | hoặc | khi | sau | lỗi | ampak | vendar | toda |
    samo | če | razen | dokler | počakajte | čeprav | ali | morda | ko | po | napaka | aber | jedoch | allerdings |
    nur | wenn | falls | außer | bis | warten | obwohl | oder | vielleicht | sobald | nach | sofern | fehler | mais |
    cependant | seulement | si | sauf | attendez | ou | peut | quand | après | erreur | pero | sino | solo | sólo |
    salvo | excepto | hasta | espere | aunque | o | quizás | cuando | después | ma | però | tuttavia | soltanto | se |
    tranne | finché | aspetti | forse | quando | dopo | errore | ale | jednak | tylko | jeśli | jeżeli | chyba |
    oprócz | dopóki | lub | może | kiedy | błąd | međutim | ako | osim | dok | pričekajte | iako | ili | možda | kada |
    nakon | greška
    """
)

# What takes back a consent, and goes well with a refusal.
NEGATIONS = phrases(
    """
    no | not | don't | never | nothing | не | нет | никогда | ні | ніколи | không | chưa | ne | ni | nikoli | nicht |
    kein | keine | nein | non | pas | jamais | nunca | nie | nije | nemojte | nikad
    """
)

SENT_FROM = phrases(
    """
    sent from | sent via | get outlook | отправлено из | отправлено с | надіслано з | надіслано із | được gửi từ |
    đã gửi từ | gửi từ | poslano z | poslano iz | poslano s | von meinem | gesendet von | envoyé de | envoyé depuis |
    envoyé à partir de | enviado desde | enviado de | inviato da | wysłane z | wysłano z | poslano sa
    """
)
DEVICES = phrases(
    """
    my | mein | meinem | mon | mi | mio | mojega | mog | mojego | моего | мого | của | tôi | gesendet | iphone |
    iphone'a | ipad | android | samsung | galaxy | huawei | xiaomi | pixel | mobile | phone | smartphone | device |
    telefona | outlook | outlooka | for | para | pour | für | per | dla | для | ios | mail | gmail | yahoo | proton |
    windows | почты | пошти | blackberry | handy
    """
)

# What a number is said to be: before it, between it and the end of its scale, and behind it.
RATED = phrases(
    """
    rating | my rating | score | my score | grade | stars | vote | rate | оценка | моя оценка | рейтинг | балл |
    оцінка | моя оцінка | бал | đánh giá | điểm | ocena | moja ocena | bewertung | meine bewertung | sterne |
    évaluation | ma note | puntuación | calificación | valoración | valutazione | voto | il mio voto | ocjena |
    moja ocjena
    """
)
SCALE = phrases("of | out of | из | з | із | od | von | sur | de | su | na | z | trên")
STARS = phrases(
    """
    stars | star | points | point | звезд | звезды | звезда | баллов | балла | балл | зірок | зірки | зірка | балів |
    бали | бал | sao | điểm | zvezdic | zvezdice | zvezdica | točk | točke | sterne | stern | punkte | étoiles |
    étoile | estrellas | estrella | puntos | stelle | stella | punti | gwiazdek | gwiazdki | gwiazdka | punktów |
    zvjezdica | zvjezdice | bodova | ★ | ⭐
    """
)
