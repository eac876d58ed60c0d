"""Words of many languages around quotes; data only. All in lower case."""


def phrases(table: str) -> tuple[str, ...]:
    """The phrases of a table in which `|` stands between them."""
    return tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in table.split("|")))


VERBS = phrases(
    """
    wrote | writes | schrieb | geschrieben | écrit | escribió | escribio | escreveu | scritto | schreef |
    geschreven | a écrit | ha scritto | ha escrito | napisał | napisała | napisał(a) | pisze | napsal | napsala |
    napsal(a) | napísal | napísala | napisal | napisala | napisao | написао | scris | írta | írt | skrev | skreiv |
    kirjoitti | написал | написала | пишет | писал | писала | написав | пише | писав | написа | yazdı | yazmış |
    đã viết | viết | menulis | έγραψε | 写道 | 寫道 | 写了 | 书写 | のメール | さんは書きました | 書きました |
    quoting | zitat von | citando | citation de | citat från | rašė | rakstīja | kirjutas | je napisao/la |
    เขียนว่า | تمت كتابة ما يلي | מאת | va escriure | missatge de | schreibt | escribe | écrivait | scrive |
    작성 | 님이 작성 | 님이 쓴 | כתב | כתבה | كتب
    """
)

ORIGINAL = frozenset(
    phrases(
        """
    original message | original appointment | reply message | ursprüngliche nachricht | originalnachricht |
    message d'origine | message d’origine | message original | mensaje original | mensagem original |
    messaggio originale | oorspronkelijk bericht | origineel bericht | oryginalna wiadomość | wiadomość oryginalna |
    původní zpráva | pôvodná správa | originalno sporočilo | izvirno sporočilo | izvorna poruka | originalna poruka |
    mesaj original | mesajul original | eredeti üzenet | ursprungligt meddelande | originalmeddelande |
    opprinnelig melding | original melding | oprindelig meddelelse | alkuperäinen viesti | исходное сообщение |
    оригинальное сообщение | первоначальное сообщение | вихідне повідомлення | оригінальне повідомлення |
    оригинално съобщение | özgün ileti | orijinal mesaj | orijinal ileti | thư gốc | tin nhắn gốc | pesan asli |
    邮件原件 | 原始邮件 | 原始郵件 | 原始訊息 | 元のメッセージ | original message from | original nachricht |
    original mail | original | 原邮件 | 回复的原邮件 | 原郵件 | 回覆的原郵件 | 원본 메시지 | 원본 메일 | αρχικό μήνυμα
    """
    )
)

FORWARDED = frozenset(
    phrases(
        """
    forwarded message | forwarded mail | begin forwarded message | weitergeleitete nachricht |
    anfang der weitergeleiteten nachricht | weitergeleitete e-mail | message transféré |
    début du message transféré | début du message réexpédié | mensaje reenviado | inicio del mensaje reenviado |
    mensagem encaminhada | mensagem reencaminhada | início da mensagem encaminhada |
    início da mensagem reencaminhada | messaggio inoltrato | inizio messaggio inoltrato | messaggio inoltrato da |
    doorgestuurd bericht | begin doorgestuurd bericht | wiadomość przekazana | przekazana wiadomość |
    treść przekazanej wiadomości | początek wiadomości przekazanej | přeposlaná zpráva | začátek přeposlané zprávy |
    preposlaná správa | začiatok preposlanej správy | posredovano sporočilo | začetek posredovanega sporočila |
    proslijeđena poruka | proslijeđena poruka od | početak proslijeđene poruke | mesaj redirecționat |
    mesaj redirecţionat | mesaj transmis | începutul mesajului redirecționat | továbbított üzenet |
    továbbított üzenet kezdete | vidarebefordrat meddelande | vidarebefordrat brev | vidarebefordrat mejl |
    videresendt melding | videresendt e-post | videresendt meddelelse | videresendt besked |
    start på videresendt besked | start på videresendt melding | edelleenlähetetty viesti | välitetty viesti |
    välitetty viesti alkaa | пересылаемое сообщение | пересланное сообщение | пересылаемое письмо |
    перенаправленное сообщение | начало переадресованного сообщения | конец пересылаемого сообщения |
    пересилається повідомлення | переслане повідомлення | пересланий лист | початок переадресованого повідомлення |
    препратено съобщение | yönlendirilen ileti | iletilen mesaj | iletilen ileti | iletilmiş e-posta |
    iletilen ileti başlangıcı | chuyển tiếp thư | thư đã chuyển tiếp | tin nhắn được chuyển tiếp |
    bắt đầu thư được chuyển tiếp | pesan terusan | pesan diteruskan | mulai pesan yang diteruskan | 转发的邮件 |
    转发邮件信息 | 被转发的邮件 | 轉寄的郵件 | 轉寄郵件 | 开始转发的邮件 | 下面是被转发的邮件 | 已轉寄的郵件 |
    転送メッセージ | 転送されたメッセージ | 転送されたメール | 전달된 메일 | 전달된 메시지 | προωθημένο μήνυμα |
    forwarded by
    """
    )
)

# Notes names who handed the mail on, and when, behind these.
FORWARDED_BY = phrases(
    """
    forwarded by | weitergeleitet von | weitergeleitet durch | transféré par | réexpédié par | réacheminé par |
    reenviado por | remitido por | encaminhado por | reencaminhado por | inoltrato da | doorgestuurd door |
    doorgezonden door | przekazane przez | przesłane dalej przez | przekazał | přeposlal | přeposláno | preposlal |
    posredoval | proslijedio | proslijeđeno od | redirecționat de | redirecţionat de | transmis de | továbbította |
    vidarebefordrat av | vidarebefordrad av | videresendt av | videresendt af | välittänyt | lähettänyt edelleen |
    переслано | переслал | перенаправлено | пересланo | переадресовано | препратено от | ileten | yönlendiren |
    chuyển tiếp bởi | diteruskan oleh | 转发人 | 轉寄者 | 转发者 | 転送者 | 전달자 | προωθήθηκε από
    """
)

# Horde, IMP and others put one of these in front of the writer's name.
QUOTING = phrases(
    """
    quoting | zitat von | zitiere | citation de | citando a | citando | citar a | citação de | citeren | citaat van |
    citerend | cytowanie | cytat z | cytuję | cituji | citace | citát od | citujem | citiram | navajam | navajanje |
    citiranje | citez pe | citat din | citând | idézet | idézem | citerar | citat från | citat av | siterer |
    sitat fra | sitat | citerer | citat fra | citat | lainaus | lainaan | цитирование | цитирую | цитата от | цитата |
    цитування | цитую | цитирам | цитиране | цитат от | alıntı | alıntılanan | trích dẫn | mengutip | kutipan dari |
    引用 | παράθεση | παραθέτοντας | cituoju | cituojama | citējot | citēju | tsiteerin | tsiteerides | citant |
    missatge de
    """
)

ABOVE = phrases(
    """
    reply above this line | reply above the line | your reply above | respond above this line | write above this line |
    type above this line | reply above here | above this line to reply | above this line to add |
    oberhalb dieser linie | oberhalb dieser zeile | über dieser linie | über dieser zeile | au-dessus de cette ligne |
    por encima de esta línea | encima de esta línea | sobre esta línea | acima desta linha | sopra questa riga |
    sopra questa linea | boven deze regel | boven deze lijn | powyżej tej linii | nad tento řádek | nad tímto řádkem |
    nad tento riadok | nad to vrstico | iznad ove linije | deasupra acestei linii | e fölé a sor fölé |
    ovanför denna rad | ovenfor denne linjen | over denne linje | tämän rivin yläpuolelle | выше этой строки |
    выше этой линии | над этой строкой | над этой чертой | вище цієї лінії | над този ред | bu satırın üzerine |
    phía trên dòng này | di atas baris ini | 在此行上方 | 在此行以上 | この行より上 | 이 줄 위에
    """
)

FROM_LABELS = frozenset(
    phrases(
        """
    from | von | de | da | van | od | feladó | från | fra | lähettäjä | от | от кого | від | від кого | kimden |
    gönderen | từ | dari | 发件人 | 寄件者 | 寄件人 | 差出人 | 送信者 | 보낸 사람 | 보낸사람 | odesílatel |
    odosielateľ | expeditor | de la | από | pošiljatelj | expéditeur | remitente | remetente | mittente | afzender |
    nadawca | avsändare | avsender | afsender | отправитель | відправник | подател | người gửi | pengirim | 发件者
    """
    )
)

DATE_LABELS = frozenset(
    phrases(
        """
    date | sent | datum | gesendet | envoyé | date d'envoi | fecha | enviado | enviado el | data | enviada |
    enviada em | enviado em | inviato | data invio | verzonden | wysłano | data wysłania | odesláno | odoslané |
    dátum | poslano | poslato | trimis | dată | küldve | elküldve | skickat | sendt | dato | lähetetty | päiväys |
    päivämäärä | дата | отправлено | дата отправки | надіслано | відправлено | изпратено | tarih | gönderme tarihi |
    gönderildi | ngày | đã gửi | ngày gửi | tanggal | dikirim | terkirim | 发送时间 | 日期 | 時間 | 时间 |
    寄件日期 | 傳送時間 | 日時 | 送信日時 | 日付 | 보낸 날짜 | 날짜 | 보낸날짜 | ημερομηνία | sent on | date sent
    """
    )
)

TO_LABELS = frozenset(
    phrases(
        """
    to | an | à | a | para | aan | do | komu | za | prima | către | címzett | till | til | vastaanottaja | кому |
    до | kime | alıcı | đến | tới | người nhận | kepada | untuk | 收件人 | 收件者 | 宛先 | 받는 사람 | 받는사람 |
    cc | kopie | copie | kopia | kopi | kopio | копия | копія | másolat | bilgi | 抄送 | 副本 | 참조 | πρός |
    an (to) | adressat | destinataire | destinatario | destinatário | ook aan | dw | kópia | kp | v vednost | cci |
    bcc | reply-to | antwort an | répondre à |
    pour | per | blindkopie | copia | cópia | ccc | kopie an | kopie (cc)
    """
    )
)

SUBJECT_LABELS = frozenset(
    phrases(
        """
    subject | betreff | objet | sujet | asunto | assunto | oggetto | onderwerp | temat | předmět | predmet |
    zadeva | naslov | subiect | tárgy | ämne | emne | aihe | тема | относно | konu | chủ đề | tiêu đề | subjek |
    perihal | 主题 | 主旨 | 主題 | 件名 | 제목 | θέμα | тема письма | thema | ärende
    """
    )
)

PHONE = phrases(
    """
    get bluemail | get typeapp | get mail for | sent using | sent with | sent from | this message was sent from my |
    diese nachricht wurde von meinem | diese nachricht wurde mit | diese e-mail wurde von meinem |
    bitte entschuldigen sie die kürze | please excuse my brevity | please excuse any typos | sent from my |
    sent from outlook | sent from mail for | sent from yahoo | sent from proton | sent with proton | get outlook for |
    sent via | sent from samsung | sent from gmail | von meinem | gesendet von | gesendet mit | von outlook für |
    holen sie sich outlook | outlook für | envoyé de mon | envoyé depuis | envoyé à partir | télécharger outlook |
    obtenir outlook | provenance : courrier | enviado desde mi | enviado desde | obtener outlook | enviado do meu |
    enviado a partir | enviado via | obter o outlook | obtenha o outlook | inviato da | inviato dal mio |
    scarica outlook | ottieni outlook | verzonden vanaf | verstuurd vanaf | verzonden met | outlook voor | wysłane z |
    wysłano z | pobierz outlook | odesláno z | získat outlook | odoslané z | poslano z | poslano iz | poslano s |
    poslato sa | trimis de pe | trimis din | elküldve az | küldve az | skickat från | skickades från | hämta outlook |
    sendt fra | hent outlook | få outlook | lähetetty | hanki outlook | отправлено с | отправлено из | отправлено от |
    надіслано з | відправлено з | изпратено от | iphone'umdan gönderildi | ipad'imden gönderildi | ios için outlook |
    đã gửi từ | được gửi từ | dikirim dari | 发自我的 | 从我的 | 傳送自 | 從我的 | iphoneから送信 | ipadから送信 |
    나의 iphone에서 보냄 | iphone에서 보냄 | στάλθηκε από
    """
)

# "Sent" as it begins the line of a telephone program, and as it ends one; with a program's name, no sentence.
SENT = phrases(
    """
    sent | gesendet | verschickt | envoyé | enviado | enviada | enviat | inviato | inviata | verzonden | verstuurd |
    wysłano | wysłane | przesłane | odesláno | odoslané | poslano | poslato | trimis | elküldve | küldve | skickat |
    sendt | lähetetty | отправлено | надіслано | відправлено | изпратено | dikirim | terkirim | đã gửi | được gửi |
    gửi từ | 发自 | 發自 | 傳送自 | στάλθηκε | απεστάλη | נשלח | أرسل | أُرسل | ส่งจาก | išsiųsta | nosūtīts | saadetud
    """
)
SENT_BEHIND = phrases(
    """
    den gönderildi | dan gönderildi | ten gönderildi | tan gönderildi | から送信 | から送信されました | 에서 보냄 |
    에서 보낸 메일 | 에서 전송됨
    """
)

APPS = phrases(
    """
    yahoo mail | yahoo-mail | samsung galaxy | galaxy-smartphone | galaxy smartphone | samsung mobile | samsung-mobil |
    samsung-smartphone | gmail mobile | gmail mobil | mobile gmail | gmail for android | gmail for ios
    """
)
