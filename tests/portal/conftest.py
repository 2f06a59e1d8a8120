from tests.kb.conftest import fresh_index

__all__ = ["fresh_index"]
