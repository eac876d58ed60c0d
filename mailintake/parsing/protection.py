"""Whether a mail is signed or encrypted, and by which means; nothing is verified or decrypted here."""

from mailintake.parsing.structure import SMIME, Part


def of(root: Part, text: str) -> str | None:
    """`pgp-signed`, `pgp-encrypted`, `smime-signed`, `smime-encrypted`, or None."""
    if root.content_type == "multipart/encrypted":
        return "pgp-encrypted"
    if root.content_type == "multipart/signed":
        protocol = root.parameters.get("protocol", "").lower()
        kinds = {leaf.content_type for leaf in root.leaves()}
        return "pgp-signed" if "pgp" in protocol or "application/pgp-signature" in kinds else "smime-signed"
    if root.content_type in SMIME:
        signed = root.children or root.parameters.get("smime-type", "").lower() == "signed-data"
        return "smime-signed" if signed else "smime-encrypted"
    start = text[:2000].lstrip()
    if start.startswith("-----BEGIN PGP MESSAGE-----"):
        return "pgp-encrypted"
    if start.startswith("-----BEGIN PGP SIGNED MESSAGE-----"):
        return "pgp-signed"
    return None
