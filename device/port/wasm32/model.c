/* What makes a WebAssembly module of an emitted model: an arena, and functions of the header that can be exported.
 *
 * Compiled with MOTE_HEADER, the header in quotes, MOTE_NAME, the prefix of its functions, and MOTE_MACRO, that of its
 * macros; MOTE_STREAMED_BYTES for a model whose input is not in the arena; MOTE_TRACED for a build that reports layers. */
#include MOTE_HEADER

#define MOTE_PASTE(prefix, name) prefix##name
#define MOTE_JOIN(prefix, name) MOTE_PASTE(prefix, name)
#define MODEL(name) MOTE_JOIN(MOTE_NAME, name)
#define LIMIT(name) MOTE_JOIN(MOTE_MACRO, name)

static uint8_t arena[LIMIT(_ARENA_BYTES)] __attribute__((aligned(16)));

/* Where the arena is that the module brings. */
uint8_t *MODEL(_arena)(void);
uint8_t *MODEL(_arena)(void) { return arena; }

#ifdef MOTE_STREAMED_BYTES
static uint8_t streamed[MOTE_STREAMED_BYTES] __attribute__((aligned(16)));

/* Where the module has room for the input that is not in the arena. */
uint8_t *MODEL(_streamed)(void);
uint8_t *MODEL(_streamed)(void) { return streamed; }
#endif

#ifdef MOTE_TRACED
__attribute__((import_module("mote"), import_name("observe"))) void mote_observe(uint32_t layer, int32_t done);

static void observe(void *context, uint32_t layer, int done) {
  (void)context;
  mote_observe(layer, done);
}

#ifdef MOTE_STREAMED_BYTES
int32_t MODEL(_invoke_traced)(void *memory, const void *input);
int32_t MODEL(_invoke_traced)(void *memory, const void *input) {
  return (int32_t)MODEL(_invoke_observed)(memory, input, observe, NULL);
}
#else
int32_t MODEL(_invoke_traced)(void *memory);
int32_t MODEL(_invoke_traced)(void *memory) { return (int32_t)MODEL(_invoke_observed)(memory, observe, NULL); }
#endif
#endif
