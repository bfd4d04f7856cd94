"""Our cookies: strictly necessary ones, one for each surface's sign-in and one for the language."""

from litestar.datastructures import Cookie

LANGUAGE = "__Host-language"


def session_cookie(surface: str) -> str:
    """The name of a surface's sign-in cookie."""
    return f"__Host-{surface}"


def kept(name: str, value: str) -> Cookie:
    """A cookie that lives as long as the browser's session."""
    return Cookie(key=name, value=value, path="/", secure=True, httponly=True, samesite="lax")


def dropped(name: str) -> Cookie:
    """The same cookie, taken back."""
    return Cookie(key=name, value="", path="/", secure=True, httponly=True, samesite="lax", max_age=0)
