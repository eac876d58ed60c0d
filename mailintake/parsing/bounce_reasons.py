"""What mail servers say of mail they refuse, in many languages, and the code it has; data only, all in lower case."""

from mailintake.parsing.quote_words import phrases

# The codes are those of RFC 3463; `x` is 5, or 4 where the server means to try again. The first that fits counts.
REASONS = tuple(
    (code, phrases(table))
    for code, table in (
        (
            "x.1.8",
            """
            sender address rejected: domain not found | domain of sender address | sender domain not found |
            sender domain must exist | sender verify failed | unable to verify sender
            """,
        ),
        (
            "x.2.2",
            """
            mailbox quota | storage quota | mailbox is over | mailbox has exceeded | no space left in mailbox |
            mailbox storage | not enough storage space | speicherplatz im postfach | speicherlimit | kontingent |
            postfach ist überfüllt | postfach des empfängers ist voll | boîte de réception est pleine |
            boîte aux lettres est pleine | boîte aux lettres pleine | messagerie est pleine | messagerie pleine |
            quota dépassé | a dépassé son quota | buzón está lleno | buzón de correo está lleno | bandeja llena |
            cuota excedida | ha superado su cuota | caixa de correio cheia | caixa postal cheia |
            caixa de entrada cheia | caixa de correio está cheia | cota excedida | casella è piena |
            casella postale piena | quota superata | postvak is vol | postvak vol | mailbox is vol | postbus is vol |
            skrzynka jest pełna | skrzynka pełna | skrzynka odbiorcy jest | przepełniona | przekroczony limit |
            schránka je plná | plná schránka | překročena kvóta | poštni predal je poln | predal je poln |
            sandučić je pun | sandučić pun | căsuța poștală este plină | căsuţa poştală este plină |
            megtelt a postafiók | postafiók megtelt | postafiókja megtelt | postlådan är full | inkorgen är full |
            brevlådan är full | postboksen er full | innboksen er full | postkassen er fuld | postkassen er full |
            indbakken er fuld | postilaatikko on täynnä | ящик полон | ящик заполнен | нет свободного места |
            скринька заповнена | скринька переповнена | препълнена | пълна пощенска | posta kutusu dolu |
            kutusu dolmuş | hộp thư đầy | hộp thư đã đầy | kotak surat penuh | kotak masuk penuh |
            γραμματοκιβώτιο είναι πλήρες | 邮箱容量 | 收件人邮箱已满 | 信箱已滿 | メールボックスの容量 |
            받은편지함이 가득 | 메일함이 가득 | 편지함이 가득 | mailbox full | mailbox is full | over quota |
            quota exceeded | exceeded storage | exceeds allowed size | over the allowed quota | mailbox exceeded |
            exceeded the local limit | out of storage | quota limit | user is over | exceeds the quota | disk quota |
            insufficient disk | mailbox size limit | mailfolder is full | account is full | inbox is full |
            user storage full | exceeded its quota | is full | postfach voll | postfach ist voll | boîte pleine |
            buzón lleno | casella piena | переполнен | квота | 邮箱已满 | 空间不足 | 容量不足 | 已滿 |
            メールボックスがいっぱい | 용량
            """,
        ),
        (
            "x.2.1",
            """
            account is disabled | account disabled | account has been disabled | mailbox disabled | user is disabled |
            account inactive | inactive user | account is inactive | account has been suspended | user suspended |
            account suspended | mailbox is inactive | is not accepting mail | not accepting messages |
            has been deactivated | temporarily disabled | account is locked | mailbox locked | recipient is inactive |
            заблокирован | отключен
            """,
        ),
        (
            "x.1.2",
            """
            host unknown | unknown host | domain not found | no such domain | host or domain name not found |
            name or service not known | couldn't find any host | unrouteable mail domain | domain does not exist |
            unknown domain | bad destination host | no mx | domain name not found | nonexistent domain |
            lookup of domain | no route to host | domain couldn't be found | host not found | illegal host |
            домен не найден | 域名不存在 | domain of the recipient does not exist | recipient domain not found |
            recipient's domain | unresolvable host | dns lookup failure | domain lookup failed |
            no valid mail server | domain is not valid | nxdomain | domain existiert nicht | domäne existiert nicht |
            domäne wurde nicht gefunden | unbekannte domain | unbekannter host | rechner unbekannt | domaine inconnu |
            domaine n'existe pas | domaine n’existe pas | domaine introuvable | hôte inconnu | dominio no existe |
            dominio desconocido | no se encontró el dominio | servidor desconocido | domínio não existe |
            domínio desconhecido | domínio não encontrado | dominio non esiste | dominio inesistente |
            dominio sconosciuto | dominio non trovato | host sconosciuto | domein bestaat niet | onbekend domein |
            domein niet gevonden | domena nie istnieje | nieznana domena | nie znaleziono domeny | doména neexistuje |
            neznámá doména | neznáma doména | domena ne obstaja | neznana domena | domena ne postoji |
            nepoznata domena | domeniul nu există | domeniu necunoscut | ismeretlen tartomány | domain nem létezik |
            domän finns inte | domänen finns inte | okänd domän | domenet finnes ikke | ukjent domene |
            domænet findes ikke | ukendt domæne | verkkotunnusta ei | домен не существует | домен не знайдено |
            домен не існує | неизвестный домен | невідомий домен | домейнът не съществува | непознат домейн |
            alan adı bulunamadı | etki alanı bulunamadı | tên miền không tồn tại | domain tidak ditemukan |
            domain tidak ada | 找不到域 | 域名无法解析 | 網域不存在 | 找不到網域 | ドメインが見つかりません |
            ドメインが存在しません | 도메인을 찾을 수 없
            """,
        ),
        (
            "x.5.3",
            """
            too many recipients | zu viele empfänger | trop de destinataires | demasiados destinatarios |
            troppi destinatari | слишком много получателей | 收件人过多
            """,
        ),
        (
            "x.3.4",
            """
            message is larger | exceeded the size | exceeds the size | attachment is too large | email is too large |
            nachricht ist zu groß | überschreitet die maximale größe | überschreitet die zulässige größe |
            größenbeschränkung | trop grand | trop gros | taille maximale | dépasse la taille | demasiado grandes |
            tamaño máximo | excede el tamaño | supera el tamaño | tamanho máximo | muito grande | grande demais |
            excede o tamanho | troppo grande | dimensione massima | dimensioni massime | te groot | maximale grootte |
            zbyt duża | za duża | przekracza maksymalny rozmiar | przekracza dopuszczalny rozmiar | příliš velk |
            překračuje maximální velikost | príliš veľk | preveliko | prevelika | prea mare | depășește dimensiunea |
            túl nagy | för stort | maximal storlek | for stor | liian suuri | слишком велик |
            превышает допустимый размер | превышает максимальный размер | занадто велик | перевищує | твърде голям |
            çok büyük | quá lớn | terlalu besar | πολύ μεγάλο | 邮件太大 | 超过大小 | 超出大小 | 郵件過大 | 太大 |
            大きすぎ | 너무 큽니다 | 너무 커서 | message too large | message size exceeds | too big |
            exceeds size limit | message is too large | size limit exceeded | exceeds maximum | exceeds fixed limit |
            larger than the current system limit | exceeded maximum | maximum message size | message length exceeds |
            exceeds the maximum | exceeds administrative limit | zu groß | trop volumineux | demasiado grande |
            слишком больш | 邮件过大 | サイズ
            """,
        ),
        (
            "x.4.6",
            """
            too many hops | loops back | mail loop | routing loop | hop count exceeded | loop detected
            """,
        ),
        (
            "x.1.3",
            """
            malformed address | bad address syntax | syntax error in recipient | invalid address syntax |
            adresse ist ungültig | ungültige adresse | adresse invalide | adresse non valide | dirección no válida |
            endereço inválido | indirizzo non valido | ongeldig adres | nieprawidłowy adres | neplatná adresa |
            некорректный адрес | неверный адрес | невірна адреса
            """,
        ),
        (
            "x.1.1",
            """
            no longer available at | no longer valid | no longer exists | no longer in use | no longer works |
            empfänger existiert nicht | empfänger nicht gefunden | empfänger wurde nicht gefunden |
            empfängeradresse existiert nicht | adresse existiert nicht | adresse unbekannt | benutzer unbekannt |
            benutzer existiert nicht | postfach existiert nicht | postfach nicht gefunden |
            adresse wurde nicht gefunden | utilisateur inconnu | destinataire inconnu | adresse inconnue |
            adresse introuvable | destinataire introuvable | usuario desconocido | destinatario desconocido |
            dirección no existe | no se encontró la dirección | no se ha encontrado la dirección |
            usuario no encontrado | buzón no existe | dirección desconocida | usuário desconhecido |
            utilizador desconhecido | usuário inexistente | endereço não encontrado | destinatário desconhecido |
            não existe | destinatario sconosciuto | indirizzo sconosciuto | indirizzo inesistente |
            casella inesistente | utente inesistente | indirizzo non trovato | destinatario inesistente |
            onbekende gebruiker | gebruiker onbekend | onbekende ontvanger | adres niet gevonden |
            nieznany użytkownik | użytkownik nieznany | nieznany odbiorca | nie ma takiego | nie znaleziono adresu |
            neznámý uživatel | uživatel neexistuje | neznámý příjemce | adresa neexistuje | neznámy používateľ |
            uporabnik ne obstaja | neznan uporabnik | naslov ne obstaja | korisnik ne postoji | nepoznat korisnik |
            adresa ne postoji | utilizator necunoscut | utilizator inexistent | adresa nu există |
            destinatar necunoscut | ismeretlen felhasználó | ismeretlen címzett | nem létezik | nem található |
            okänd användare | okänd mottagare | adressen finns inte | användaren finns inte | mottagaren finns inte |
            ukjent bruker | ukjent mottaker | finnes ikke | ukendt bruger | ukendt modtager | findes ikke |
            tuntematon käyttäjä | tuntematon vastaanottaja | osoitetta ei ole | ei ole olemassa |
            пользователь неизвестен | неизвестный пользователь | неизвестный получатель | адрес не существует |
            почтовый ящик не существует | невідомий користувач | користувача не знайдено | не знайдено | не існує |
            непознат потребител | непознат получател | не съществува | kullanıcı bulunamadı | bilinmeyen kullanıcı |
            alıcı bulunamadı | adres bulunamadı | không tồn tại | không tìm thấy | pengguna tidak dikenal |
            alamat tidak ditemukan | tidak ditemukan | άγνωστος χρήστης | άγνωστος παραλήπτης | δεν υπάρχει |
            אינו קיים | لا يوجد | 收件人未知 | 无此用户 | 找不到收件人 | 找不到地址 | 找不到用户 | 查無此人 |
            無此帳號 | 宛先不明 | ユーザーが見つかりません | 宛先が見つかりません | 수신자를 찾을 수 없 |
            없는 사용자 | 사용자를 찾을 수 없 | user unknown | unknown user | no such user | unknown recipient |
            recipient unknown | user not found | recipient not found | no mailbox here by that name |
            no such mailbox | mailbox not found | mailbox unavailable | mailbox does not exist | does not exist |
            doesn't exist | no such recipient | invalid recipient | recipient rejected | address rejected |
            unknown address | address unknown | not listed in | recipient name is not recognized | addressee unknown |
            no such address | unknown mailbox | account not found | no account | not a valid mailbox |
            invalid mailbox | unrouteable address | unrouteable | undeliverable address | bad destination mailbox |
            invalid address | no such person | not found | isn't a valid | is not a valid | not known |
            unknown or illegal alias | does not have a | doesn't have a | no local mailbox | unknown local part |
            recipnotfound | no valid recipients | not our customer | there is no one at this address |
            couldn't be found | could not be found | does not like recipient | unrecognized or name |
            unrecognised recipient | unrecognized recipient | empfänger unbekannt | existiert nicht | unbekannter |
            n'existe pas | n’existe pas | no existe | non esiste | utente sconosciuto | bestaat niet | nie istnieje |
            neexistuje | не найден | не существует | несуществующ | нет такого | 不存在 | 用户不存在 | 存在しません |
            見つかりません | 존재하지 않
            """,
        ),
        (
            "x.4.7",
            """
            retry timeout exceeded | message expired | delivery time expired | giving up on | too long |
            time expired | not delivered for | retry time not reached | in the queue for | expired
            """,
        ),
        (
            "x.4.1",
            """
            connection timed out | connection refused | timed out | timeout | could not connect | no answer |
            couldn't establish | unreachable | not responding | connection failed | could not be reached |
            failed to connect | network error
            """,
        ),
        (
            "x.7.1",
            """
            relaying is not | relaying prohibited | relaying is denied | we do not relay | open relay | refused by |
            content rejected | content filter | considered unsolicited | unsolicited | junk mail | classified as |
            prohibited attachment | attachment type | infected | malware | phishing | security reasons |
            security policy | not accepted for policy | message rejected | message was rejected | message refused |
            als spam eingestuft | als spam | wurde abgelehnt | zurückgewiesen | nicht berechtigt |
            keine berechtigung | richtlinie | unerwünscht | verboten | virus gefunden | considéré comme |
            indésirable | a été rejeté | a été refusé | pas autorisé | n'est pas autorisé | interdit | rechazado |
            no permitido | no autorizado | no está permitido | no está autorizado | considerado spam |
            correo no deseado | rejeitad | não permitido | não autorizado | recusad | respinto | rifiutato |
            non consentito | non autorizzat | indesiderata | geweigerd | niet toegestaan | geen toestemming |
            ongewenst | odrzucon | niedozwolon | brak uprawnień | odmítnut | zamítnut | není povoleno | nevyžádan |
            odmietnut | nie je povolené | zavrnjen | ni dovoljeno | odbijen | nije dopušteno | nije dozvoljeno |
            respins | nu este permis | elutasít | nem engedélyezett | avvisades | avvisats | inte tillåtet |
            inte behörig | avvist | ikke tillatt | afvist | ikke tilladt | hylätty | ei ole sallittu | ei sallita |
            отклонен | отвергнут | отказано | не разрешен | запрещен | відхилен | заборонен | не дозволено |
            отхвърлен | забранен | не е позволено | reddedildi | izin verilmiyor | engellendi | bị từ chối | từ chối |
            không được phép | ditolak | tidak diizinkan | απορρίφθηκε | δεν επιτρέπεται | 拒絕 | 被拒 | 不允许 |
            被识别为 | 内容被 | 拒否 | 許可されていません | 거부 | 차단 | 스팸 | spam | blacklist | black list |
            blocklist | blocked | blocked using | listed at | listed by | relaying denied | relay access denied |
            relay not permitted | relaying not allowed | unable to relay | not authorized | not permitted | policy |
            prohibited | access denied | rejected for | virus | rejected due to | not allowed |
            unauthenticated email | dmarc | suspicious | banned | denied | запрещено | спам | 垃圾 | 拒收 | 拒绝
            """,
        ),
        (
            "x.5.0",
            """
            syntax error | protocol error | command not recognized | bad command
            """,
        ),
    )
)
