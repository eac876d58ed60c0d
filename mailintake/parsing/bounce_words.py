"""Words of many mail servers about mail they could not deliver; data only. All in lower case."""

from mailintake.parsing.quote_words import phrases

DAEMONS = frozenset({"mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mailsubsystem", "mailer_daemon"})

# Local parts under which programs write, some of them also people: these need a second sign.
ROLES = frozenset(
    {"postmaster", "mdaemon", "daemon", "root", "mailsystem", "mailadmin", "system", "administrator", "noreply"}
    | {"no-reply", "donotreply", "do-not-reply", "bounce", "bounces", "mail", "mailer", "autoreply", "delivery", ""}
)

SUBJECTS = phrases(
    """
    undeliver | undelivered mail | delivery delayed | delivery is delayed | delivery delay | delivery incomplete |
    verzögerte zustellung | delivery status notification | delivery failure | delivery failed |
    delivery has failed | delivery notification | delivery report | delivery status | delivery problem |
    delivery error | mail delivery | failure notice | failure delivery | returned mail | returned to sender |
    mail returned | message undeliverable | mail undeliverable | undelivered message | undelivered: | returned: |
    rejected: | non remis | non-delivery | non delivery | nondeliverable | could not send message |
    warning: could not send | warning: message | warning - delayed mail | permanent delivery failure |
    transient delivery failure | message delivery failure | message delivery has failed | message delivery delayed |
    message delivery: failure | problem delivering | error sending | smtp delivery failure | email delivery failure |
    mail failure | mail error | mail system error | user unknown | unknown user | failed mail | failed delivery |
    notification d'état de remise | notification d’état de remise | failed: | delayed mail | delayed: |
    mail could not be delivered | your message couldn't be delivered | your mail was not delivered |
    mail message undelivered | [postmaster] | nicht zugestellt | unzustellbar | nicht zustellbar |
    zustellung fehlgeschlagen | fehler bei der zustellung | échec de la remise |
    benachrichtigung zum zustellungsstatus | échec de remise | non remis | no se puede entregar |
    no se pudo entregar | não é possível entregar | falha na entrega | falha de entrega | notificación de estado |
    impossibile recapitare | mancato recapito | onbestelbaar | niet-bezorgbaar | niedostarczona | nie dostarczono |
    nie można dostarczyć | nedoručiteln | nedoručeno | nedoručiteľn | nepopolno | ni mogoče dostaviti |
    nedostavljeno | nije moguće isporučiti | neisporuč | nelivrat | imposibil de livrat | kézbesíthetetlen |
    sikertelen kézbesítés | går inte att leverera | kan ikke leveres | ei voi toimittaa | toimitus epäonnistui |
    недоставлен | не доставлено | не удается доставить | сообщение не доставлено | письмо не доставлено |
    не вдалося доставити | недоставен | teslim edilemedi | iletilemedi | không gửi được | không thể chuyển |
    tidak terkirim | gagal terkirim | 无法投递 | 未送达 | 系统退信 | 退信 | 投递失败 | 邮件被退回 | 無法傳遞 |
    配信不能 | 配信できません | 配送できません | 送信エラー | 배달되지 않음 | 배달 못함 | 반송 | αποτυχία παράδοσης
    """
)

# What a program says and hardly a person: the second sign.
SENTENCES = phrases(
    """
    this is the mail system at | created automatically by | this is an automatically generated |
    automatically created by mail delivery | this is the qmail | i'm afraid i wasn't able to deliver |
    this is the mailer-daemon | could not be delivered to | couldn't be delivered | unable to deliver |
    was not delivered to | did not reach | delivery to the following recipient | had permanent fatal errors |
    permanent fatal delivery errors | had transient non-fatal errors | transcript of session follows |
    could not be reached | returned to sender | delivery has failed to | final-recipient | undeliverable to |
    was undeliverable | following recipients were affected | has not yet been delivered | not been delivered |
    delivery status notification | the following addresses had | the following address(es) failed |
    wasn't delivered to | failed address | failed to deliver | message delivery failed | rejected by the recipient |
    could not be sent | does not exist | mailbox unavailable | mailbox is full | user unknown |
    message was undeliverable | konnte nicht zugestellt werden | не может быть доставлено | не удалось доставить |
    не было доставлено | n'a pas pu être remis | n’a pas pu être remis | no se ha podido entregar |
    no se pudo entregar | non è stato possibile recapitare | 退信 | 无法投递 | 无法发送到 | 配信できません | 배달
    """
)

# Behind one of these the mail that comes back begins.
RETURNED = phrases(
    """
    below this line is a copy | this is a copy of | copy of the message | copy of your message | below is a copy |
    a copy of the original | original message follows | original message headers | original message header |
    original message is | the header of the original | header of the original | headers of the original |
    original message ----- | original message | unsent message | undelivered message follows | returned message |
    message header follows | message headers follow | message follows | your message follows | included is a copy |
    message text follows | the original mail | start of the returned | attached is your message |
    mail header follows | исходное сообщение | заголовок исходного | копия исходного | ursprüngliche nachricht |
    kopie der nachricht | message d'origine | mensaje original | messaggio originale | 原邮件 | 原始邮件 |
    元のメッセージ
    """
)

DELAY = phrases(
    """
    delayed | delivery delay | will be retried | still being retried | will retry | will keep trying |
    not yet been delivered | not been delivered yet | warning message only | do not need to resend |
    don't need to resend | delivery attempts will continue | attempts to deliver the message will continue |
    delivery incomplete | temporary problem delivering | will continue to try | verzögert | versucht weiterhin |
    retardé | sera renouvel | demorado | retrasado | se ha retrasado | atrasad | in ritardo | vertraagd | opóźnion |
    отложен | задержан | попытки доставки будут | ещё не доставлено | 延迟 | 延遲 | 遅延 | 지연
    """
)
STILL_TRYING = phrases(
    """
    still being retried | delivery is delayed | will be retried until | warning message only | warning only |
    do not need to resend | will keep trying | has not yet been delivered | delivery attempts will continue
    """
)
FINAL = phrases(
    """
    permanent error | permanent fatal | failed permanently | permanent failure | given up | giving up | gave up |
    has been removed | removed from the queue | delivery has failed | no further attempts | retry timeout exceeded |
    retry time not reached | cannot be delivered | expired | too long |
    undeliverable | fatal error | delivery failed | has failed | could not be delivered to one or more |
    wurde aufgegeben
    """
)

# Labels in front of the address that failed.
RECIPIENT_LABELS = phrases(
    """
    recipient | recipients | recipient address | failed recipient | failed recipients | failed address |
    intended recipient | final-recipient | original-recipient | rcpt to | to | addressed to | envelope-to |
    address | email address | delivered-to | undeliverable to | unknown user | user unknown | empfänger |
    destinataire | destinatario | destinatário | ontvanger | odbiorca | получатель | кому | адресат | отримувач |
    收件人 | 收信人 | 收件人地址 | 宛先 | 送信先 | 受信者 | 받는 사람 | 수신자
    """
)
SENDER_LABELS = phrases(
    """
    from | sender | reply-to | return-path | message-id | message id | mail from | von | absender | de | expéditeur |
    remitente | mittente | afzender | nadawca | от кого | от | отправитель | 发件人 | 寄件人 | 差出人 | 보낸 사람 |
    contact | postmaster | reporting-mta | in-reply-to | references | id | x-mailer | for assistance | help
    """
)
