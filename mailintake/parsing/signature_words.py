"""Words of many languages below the words of a mail; data only. All in lower case."""

from mailintake.parsing.quote_words import phrases

# Formal: nobody writes them as a line of its own but above a name.
CLOSINGS = frozenset(
    phrases(
        """
    best regards | kind regards | warm regards | regards | with best regards | with kind regards | many regards |
    best wishes | sincerely | yours sincerely | sincerely yours | yours faithfully | yours truly | respectfully |
    kindest regards | warmest regards | with regards | thanks and regards | thanks & regards | thanks and best regards |
    thank you and best regards | thank you and kind regards | many thanks and best regards |
    mit freundlichen grüßen | mit freundlichen grüssen | mit freundlichem gruß | freundliche grüße |
    freundliche grüsse | viele grüße | viele grüsse | beste grüße | beste grüsse | mit besten grüßen |
    herzliche grüße | schöne grüße | liebe grüße | mfg | hochachtungsvoll |
    cordialement | bien cordialement | très cordialement | bien à vous | sincères salutations | salutations |
    meilleures salutations | salutations distinguées | saludos | saludos cordiales | un saludo | un cordial saludo |
    cordiales saludos | atentamente | muy atentamente | atenciosamente | com os melhores cumprimentos |
    cumprimentos | melhores cumprimentos | cordialmente | abraço | cordiali saluti | distinti saluti | saluti |
    un saluto | in fede | met vriendelijke groet | met vriendelijke groeten | vriendelijke groet |
    vriendelijke groeten | groeten | met hartelijke groet | hoogachtend | pozdrawiam | z poważaniem |
    pozdrawiam serdecznie | z pozdrowieniami | łączę wyrazy szacunku | s pozdravem | se srdečným pozdravem |
    zdraví | s úctou | s pozdravom | so srdečným pozdravom | lep pozdrav | lepe pozdrave | s spoštovanjem |
    z lepimi pozdravi | lijep pozdrav | srdačan pozdrav | s poštovanjem | pozdrav | cu stimă | cu respect |
    o zi bună | toate cele bune | üdvözlettel | tisztelettel | üdv | köszönettel | med vänliga hälsningar |
    vänliga hälsningar | vänligen | hälsningar | mvh | bästa hälsningar | med vennlig hilsen | vennlig hilsen |
    hilsen | beste hilsen | med venlig hilsen | venlig hilsen | de bedste hilsner | ystävällisin terveisin |
    terveisin | parhain terveisin | с уважением | с наилучшими пожеланиями | с найкращими побажаннями |
    всего доброго | з повагою | с уважение | поздрави | saygılarımla | saygılarımızla | iyi çalışmalar |
    trân trọng | thân ái | kính thư | salam | hormat saya | salam hormat | hormat kami | 此致 | 敬礼 | 顺祝商祺 |
    祝好 | 谢谢 | 敬具 | よろしくお願いします | よろしくお願いいたします | 以上 | 감사합니다 | 드림 |
    με εκτίμηση | με φιλικούς χαιρετισμούς | בברכה | مع أطيب التحيات
    """
    )
)

# Words people also write to the reader: a signature only with an address or a number below.
LOOSE_CLOSINGS = frozenset(
    phrases(
        """
    thanks | thank you | many thanks | cheers | best | all the best | thanks a lot | thanks in advance | thx | br |
    kr | danke | vielen dank | danke und gruß | gruß | grüße | vg | lg | merci | merci d'avance | gracias |
    muchas gracias | obrigado | obrigada | att | grazie | bedankt | dank u | dziękuję | dzięki | díky | děkuji |
    ďakujem | hvala | mulțumesc | köszönöm | tack | takk | tak | kiitos | спасибо | дякую | благодаря | teşekkürler |
    cảm ơn | xin cảm ơn | terima kasih | ありがとうございます
    """
    )
)

DISCLAIMERS = phrases(
    """
    this e-mail and any | this email and any | this e-mail message and any | this email message and any |
    this message and any | this e-mail is confidential | this email is confidential | this message is confidential |
    this message contains confidential | this e-mail contains confidential | this email contains confidential |
    this e-mail may contain | this email may contain | this message may contain | this communication is confidential |
    this communication, including | confidentiality notice | confidentiality: | confidential: | disclaimer |
    notice: this |
    the information contained in this | the information in this | the contents of this e | this transmission |
    important notice: | important: this | privileged and confidential | if you are not the intended recipient |
    if you have received this | please consider the environment | save paper | think before you print |
    this email has been checked for viruses | this email was scanned | this e-mail was scanned | virus-free. |
    scanned by | this message has been scanned | this message was scanned | no virus found in this |
    diese e-mail enthält vertrauliche | diese e-mail kann vertrauliche | diese nachricht enthält vertrauliche |
    der inhalt dieser e-mail | die information in dieser | diese e-mail und | diese e-mail wurde von avast |
    ce message et | ce courriel et | ce message est confidentiel | ce courriel est confidentiel |
    avis de confidentialité |
    este mensaje y | este mensaje es confidencial | este correo electrónico y | este correo electrónico contiene |
    aviso legal | este mensaje se dirige | esta mensagem e | esta mensagem pode conter | aviso de confidencialidade |
    este e-mail e | questo messaggio e | questa e-mail e | le informazioni contenute in | avviso di riservatezza |
    dit bericht is | dit e-mailbericht | de informatie in dit | deze e-mail en | ta wiadomość i | niniejsza wiadomość |
    treść tej wiadomości | informacje zawarte w | tato zpráva a | tento e-mail a | informace obsažené v | táto správa |
    to sporočilo | sporočilo je zaupne | ova poruka | ovaj e-mail | acest mesaj | acest e-mail | ez az üzenet |
    ez az e-mail | detta e-postmeddelande | detta meddelande | denne e-post | denne meldingen | denne e-mail |
    tämä viesti | tämä sähköposti | настоящее сообщение | это сообщение и | данное сообщение | это электронное |
    информация, содержащаяся | це повідомлення | цей лист | това съобщение | този имейл | bu e-posta | bu mesaj |
    email này | thư này | nội dung email | email ini | pesan ini | 本邮件 | 此邮件 | 本電子郵件 | このメールには |
    이 메일은
    """
)

# One of these stands in every disclaimer: "this message" alone may begin a customer's sentence.
DISCLAIMER_STEMS = phrases(
    """
    confiden | konfiden | vertraulich | riservat | reservad | poufn | důvěrn | dôvern | zaupn | povjerljiv | poverljiv |
    bizalmas | gizli | конфиденц | конфіденц | поверител | bảo mật | rahasia | luottamuksel | fortrolig | sekretess |
    保密 | 机密 | 機密 | 기밀 | intended | recipient | addressee | privileged | virus | environment | scanned | print |
    exclusiv | destinat | empfänger | adressat | odbior | mottagar | modtager | mottaker | geadresseerde | címzett |
    alıcı | получател | адресат | người nhận | penerima | 收件人 | 受信者 | 수신
    """
)

FOOTERS = phrases(
    """
    mailing list | unsubscribe | you received this message because | to stop receiving | list info | manage your |
    avast | avg | virus | norton | mcafee | groups.google | listserv | abmelden | désabonner | mailingliste |
    checked for | sent via | your subscription
    """
)
