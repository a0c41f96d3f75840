/* A firmware in C that uses the glue sources. */
#include "m.h"

#include <string.h>

int main(void) {
  size_t bytes = 0;
  if (m_invoke() != M_ERROR_INVOKE || m_setup() != M_OK || m_setup() != M_OK) {
    return 1;
  }
  void *input = m_input(0, &bytes);
  if (input == NULL || bytes == 0 || m_input(1, &bytes) != NULL) {
    return 2;
  }
  memset(input, 1, bytes);
  if (m_invoke() != M_OK || m_output(0, &bytes) == NULL || m_output(1, &bytes) != NULL) {
    return 3;
  }
  return m_arena_used() > 0 && m_arena_used() <= M_ARENA_BYTES ? 0 : 4;
}
