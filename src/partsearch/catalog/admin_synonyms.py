"""Synonyms in Django's admin, added, changed and turned off, and the searches that have found nothing."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from partsearch.catalog.admin import OfferedFilters
from partsearch.catalog.admin_aliases import OriginFilter
from partsearch.catalog.synonym import AS_SHIPPED, LONGEST_WRITTEN, MissedSearch, Synonym
from partsearch.catalog.synonym_form import LinesField, ParamsField
from partsearch.catalog.synonym_preview import count_more_parts
from partsearch.contract.limits import TEXT_LENGTH
from partsearch.contract.text.normalized import normalize

if TYPE_CHECKING:
    _SynonymForm = forms.ModelForm[Synonym]
else:
    _SynonymForm = forms.ModelForm

_PREVIEW = "_preview"
_MOST_WORDS = 3


class SynonymForm(_SynonymForm):
    """The form of a synonym. Its button for a preview shows it again, with the number of parts that it finds."""

    meanings = LinesField(
        label="что есть в названиях",
        required=False,
        help_text="Каждое в своей строке, одно или два слова: панель приборов. Найдутся запчасти, в названии которых"
        " есть хотя бы одно. У сокращения — начало слова: двигател.",
    )
    params = ParamsField(
        label="или свойства",
        required=False,
        help_text='Найдутся и запчасти с таким свойством: {"is_new_part": false}.',
    )

    class Meta:
        model = Synonym
        fields = ("written", "kind", "meanings", "params", "is_active")
        help_texts = {  # Django's way
            "written": "Одно, два или три слова, как их набирают в поиске. Регистр, ё и е не важны.",
            "is_active": "Снимите, чтобы поиск этого не понимал. Поиск учитывает изменения через несколько секунд.",
        }

    @property
    def is_preview(self) -> bool:
        """Whether the button for a preview was pressed."""
        return self.is_bound and _PREVIEW in self.data

    def is_valid(self) -> bool:
        """Return whether the row may be saved: a preview saves nothing."""
        return super().is_valid() and not self.is_preview

    def clean_written(self) -> str:
        """Return the text normalised; raise ValidationError if it has too many words."""
        written = normalize(str(self.cleaned_data["written"]))
        if not 0 < len(written.split()) <= _MOST_WORDS:
            raise forms.ValidationError("Нужны одно, два или три слова: лишние удалите.")
        if len(written) > LONGEST_WRITTEN:
            raise forms.ValidationError(f"Не длиннее {LONGEST_WRITTEN} знаков.")
        return written

    def clean(self) -> dict[str, Any]:
        """Return the values; add an error if the text means nothing but itself."""
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        values["meanings"] = [meaning for meaning in values["meanings"] if meaning != values["written"]]
        if not values["meanings"] and not values["params"]:
            self.add_error("meanings", "Нужно хотя бы одно другое название или свойство.")
        return values


def preview_text(form: SynonymForm) -> str:
    """Return what the row of a valid form lets a search find."""
    values = form.cleaned_data
    count = count_more_parts(values["written"], values["meanings"], values["params"])
    if count is None:
        return "Найдёт очень много запчастей: сосчитать их быстро не удалось."
    if count == 0:
        return "Ничего нового не найдёт: таких запчастей на сайте сейчас нет."
    return f"Найдёт ещё {count:,} {_parts_word(count)}.".replace(",", "\N{NO-BREAK SPACE}")


def _parts_word(count: int) -> str:
    if count % 100 // 10 == 1:
        return "запчастей"
    return {1: "запчасть", 2: "запчасти", 3: "запчасти", 4: "запчасти"}.get(count % 10, "запчастей")


class SynonymOriginFilter(OriginFilter):
    """Rows as shipped, edited ones, and those that users have added."""

    as_shipped = AS_SHIPPED


@admin.register(Synonym)
class SynonymAdmin(OfferedFilters):
    """Synonyms."""

    form = SynonymForm
    list_display = ("written", "kind", "meaning", "is_active", "origin")
    list_filter = ("is_active", "kind", SynonymOriginFilter)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("written",)
    search_help_text = "Что пишут, что есть в названиях, свойство"
    actions = ("turn_on", "turn_off")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Synonym]:
        """Return the rows, each with whether it is as shipped."""
        rows: QuerySet[Synonym] = super().get_queryset(request)
        return rows.annotate(is_as_shipped=ExpressionWrapper(AS_SHIPPED, BooleanField()))

    @admin.display(description="что означает")
    def meaning(self, row: Synonym) -> str:
        """Return the meanings and the properties as one text."""
        return ", ".join([*row.meanings, *(f"{key}: {value}" for key, value in row.params.items())])

    @admin.display(description="происхождение")
    def origin(self, row: Any) -> str:
        """Return where a row comes from."""
        if row.is_own:
            return "добавлено вами"
        return "из поставки" if row.is_as_shipped else "изменено вами"

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows that have each word of ``search_term`` in what is written or meant."""
        meant = {"meanings_text": Cast("meanings", TextField()), "params_text": Cast("params", TextField())}
        queryset = queryset.alias(**meant)
        for word in normalize(search_term[:TEXT_LENGTH]).split():
            in_meaning = Q(meanings_text__contains=word) | Q(params_text__contains=word)
            queryset = queryset.filter(Q(written__contains=word) | in_meaning)
        return queryset, False

    def save_model(self, request: HttpRequest, obj: Synonym, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save the row. What it makes findable is no search without a result any more."""
        super().save_model(request, obj, form, change)
        if obj.is_active:
            MissedSearch.objects.filter(words=obj.written).delete()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **options: Any
    ) -> HttpResponse:
        """Return the page of the form, with the preview if it was asked for."""
        form = context["adminform"].form
        if isinstance(form, SynonymForm) and form.is_preview and not form.errors:
            context["preview"] = preview_text(form)
        return super().render_change_form(request, context, *arguments, **options)

    @admin.action(description="Выключить выбранные: поиск перестанет их понимать")
    def turn_off(self, request: HttpRequest, queryset: QuerySet[Synonym]) -> None:
        """Turn the selected rows off."""
        count = queryset.filter(is_active=True).update(is_active=False)
        self.message_user(request, f"Выключено: {count}.", messages.SUCCESS)

    @admin.action(description="Включить выбранные")
    def turn_on(self, request: HttpRequest, queryset: QuerySet[Synonym]) -> None:
        """Turn the selected rows on."""
        count = queryset.filter(is_active=False).update(is_active=True)
        self.message_user(request, f"Включено: {count}.", messages.SUCCESS)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what prevents the deletion: a shipped row would come back with the next release."""
        shipped = [f"{row}: строка из поставки, её можно только выключить" for row in objs if not row.is_own]
        if shipped:
            return [], {}, set(), shipped
        return super().get_deleted_objects(objs, request)


@admin.register(MissedSearch)
class MissedSearchAdmin(OfferedFilters):
    """The searches that have found nothing. The site writes them; people read and delete them."""

    list_display = ("words", "times", "last_seen")
    list_display_links = None
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("words",)
    search_help_text = "Часть запроса"

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: the site adds the rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Return False: the rows are what was typed."""
        return False

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; the link is for those who may add a synonym."""
        may_add = request.user.has_perm("catalog.add_synonym")
        return (*self.list_display, "make_synonym") if may_add else self.list_display

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows that contain ``search_term``."""
        words = normalize(search_term[:TEXT_LENGTH])
        return (queryset.filter(words__contains=words) if words else queryset), False

    @admin.display(description="что сделать")
    def make_synonym(self, row: MissedSearch) -> str:
        """Return the link to the form of a new synonym, filled in."""
        address = f"{reverse('admin:catalog_synonym_add')}?{urlencode({'written': row.words})}"
        return format_html('<a href="{}">Сделать синонимом</a>', address)
