"""GitHub's webhooks in Django, in one file: ``uvicorn django_app:application``.

``GITHUB_WEBHOOK_SECRET`` must be set; ``LEDGER`` is the ledger's file. In a project of yours the view
goes to its ``views.py``, and the limit to its settings.
"""

import os

import oasis
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    DATA_UPLOAD_MAX_MEMORY_SIZE=25 * 1024 * 1024,  # GitHub sends no more; Django takes 2.5 MB.
)

store = oasis.Store.sqlite(os.environ.get("LEDGER", "oasis.db"))
ingestor = oasis.Ingestor(os.environ["GITHUB_WEBHOOK_SECRET"], store)


@csrf_exempt  # GitHub has no cookie of ours; the signature is its proof.
@require_POST
async def github(request: HttpRequest) -> JsonResponse:
    try:
        event, duplicate = await ingestor.aingest(request.headers, request.body)
    except oasis.OasisError as error:
        return JsonResponse({"detail": str(error)}, status=error.http_status)
    answer = {"position": event.position, "vtid": event.vtid, "duplicate": duplicate}
    return JsonResponse(answer)


urlpatterns = [path("webhooks/github", github)]
application = get_asgi_application()
