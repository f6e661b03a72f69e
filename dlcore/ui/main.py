"""The script that the server runs for every page: navigation, then the page. It lies beside no folder `pages/`, because Streamlit
would otherwise open those files without it when the first request after a start is a deep link."""

from dlcore.ui import way_back

way_back.remember()

from dlcore.ui.navigation import show_pages  # noqa: E402

show_pages()
