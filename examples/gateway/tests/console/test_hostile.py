"""What a payload says is text, whatever it looks like."""

import payload

TITLES = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script>",
    "\"><svg/onload=alert(3)>",
    "javascript:alert(4)",
    "{{constructor.constructor('alert(5)')()}}",
    "<iframe srcdoc='<script>alert(6)</script>'>",
    "</title></textarea></style><b>bold</b>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(7)>",
    "\u202egnp.tac\u202c right to left",
    "<a href=javascript:alert(8)>click</a>",
    "<details open ontoggle=alert(9)>",
    "<input autofocus onfocus=alert(10)>",
    "<body onload=alert(11)>",
    "<svg><animate onbegin=alert(12) attributeName=x dur=1s>",
    "<video><source onerror=alert(13)>",
    "<object data=javascript:alert(14)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(15)'>",
    "<form action=javascript:alert(16)><button>go</button></form>",
    "<noscript><p title='</noscript><img src=x onerror=alert(17)>'>",
    "<template><script>alert(18)</script></template>",
    "<style>@import 'javascript:alert(19)'</style>",
    "<link rel=stylesheet href=data:,*{x:expression(alert(20))}>",
    "' onmouseover='alert(21)",
    "\" style=\"animation-name:x\" onanimationstart=\"alert(22)",
    "`${alert(23)}`",
    "&lt;img src=x onerror=alert(24)&gt;",
    "&#x3C;script&#x3E;alert(25)&#x3C;/script&#x3E;",
    "<ScRiPt>alert(26)</sCrIpT>",
    "<img src=x onerror=alert(27)//",
    "<!--<img src='--><img src=x onerror=alert(28)//'>",
    "<![CDATA[<script>alert(29)</script>]]>",
    "__proto__",
    "constructor",
    "\u0007\u001b[31mred\u001b[0m",
    "\u2066\u2067hidden\u2069",
]
LINKS = ["javascript:alert(1)", "jAvA\tscript:alert(2)", "data:text/html,<script>alert(3)</script>", "//evil.example/x"]


def test_d5_hostile_titles_and_links_are_text(gateway, console):
    for number, title in enumerate(TITLES, 100):
        gateway.post("pull_request", payload.pull_request(number, title=f"{title} DEV-CICDL-0666", branch=title))
    for number, link in enumerate(LINKS, 200):
        hostile = payload.pull_request(number, title=link)
        hostile["pull_request"]["html_url"] = link
        gateway.post("pull_request", hostile)
    page = console().open()
    page.page.set_viewport_size({"width": 2000, "height": 2000})
    page.until(lambda: len(page.rows()) == len(TITLES) + len(LINKS), "the rows")
    shown = page.page.inner_text(".body")
    for title in TITLES:
        assert title.replace("\u0007", "").replace("\u001b", "") in shown.replace("\u0007", "").replace("\u001b", ""), title
    for event in gateway.get("/events"):
        page.page.evaluate("(id) => { location.hash = `#/live?event=${id}`; }", event["id"])
        page.until(lambda: event["id"] in page.page.inner_text("[data-drawer]"), "the drawer")
        # A tab is shown as the space it is.
        title = event["meta"]["pr_title"].replace("\t", " ")
        assert title in page.page.inner_text("[data-drawer]")
        hrefs = page.page.eval_on_selector_all("a[href]", "(links) => links.map((a) => a.protocol)")
        assert set(hrefs) <= {"http:", "https:"}
    assert page.page.locator("main img, main script, main iframe, [data-drawer] img").count() == 0
    page.shot("hostile")


def test_a_hostile_address_is_text(gateway, console):
    page = console()
    for hash in ("#/live?q=<img src=x onerror=alert(1)>", "#/<img src=x onerror=alert(1)>", "#/live?event=../../x", "#/task/%E0%A4%A"):
        page.open(hash, wait=None)
        page.page.wait_for_selector(".view")
    # An id that is none is refused, and the browser says so.
    page.until(lambda: True, "")
    page.complaints = [c for c in page.complaints if "400" not in c and "404" not in c]
