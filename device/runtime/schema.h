/* What stands in a module, as tables: the CDDL of docs/spec/inference-module.md, line by line. */
#ifndef MOTE_SCHEMA_H
#define MOTE_SCHEMA_H

#include "runtime/cbor.h"

/* What a type is: a major type in the top three bits, and what of it. The value of an integer, and how long or how many, are
 * from `a` to `b`, where nothing else is said. */
enum {
  UINT = MOTE_CBOR_UINT << 5,
  POWER,     /* of two */
  STEP_NAME, /* the number of a step, which says what its parameters are */
  LONG,      /* at most 2^40 */
  HUGE,      /* at most 2^63 - 1, as all are */
  INT = MOTE_CBOR_NEGATIVE << 5,
  INT64,
  ONE, /* number of a version */
  BYTES = MOTE_CBOR_BYTES << 5,
  TEXT = MOTE_CBOR_TEXT << 5 | 2, /* for people: without control characters */
  NAME = TEXT + 2,                /* for machines */
  VERSION = TEXT + 6,
  LIST = MOTE_CBOR_ARRAY << 5,     /* of items of type c */
  TUPLE,                           /* of items as the fields from c on say */
  CHOICE,                          /* one of b tuples, from alternative c on, by the number that it starts with */
  MAP = MOTE_CBOR_MAP << 5,        /* of the b fields from c on */
  OPEN_MAP,                        /* the same, and extensions: keys below -255 */
  NAMES,                           /* of keys as field c says, and values as the one behind it says */
  PARAMETERS,                      /* of the step that was named */
  TAG = MOTE_CBOR_TAG << 5,        /* of an item of type c */
  SIMPLE = MOTE_CBOR_SIMPLE << 5,  /* the byte a */
  FLOAT,                           /* of any size */
  SCALE,                           /* of at most 32 bits, above 0 */
  TOLERANCE,                       /* the same, at most 1 */
  ANY
};

/* A limit above 63, in a byte: a power of two, or one less. */
#define TO_THE(exponent) (0x40 | (exponent))
#define BELOW(exponent) (0xc0 | (exponent))

/* A key that may be missing; keys are the first byte of their encoding. */
#define MAYBE 0x40
#define MINUS_256 0x38

/*      type             what        a            b            c */
#define MOTE_TYPES(TYPE)                                                                        \
  TYPE(any,              ANY,        0,           0,           0)                               \
  /* manifest; what stands at 3, 7 and 20 is compared as bytes */                               \
  TYPE(manifest,         MAP,        0,           6,           MANIFEST)                        \
  TYPE(description,      OPEN_MAP,   0,           10,          DESCRIPTION)                     \
  TYPE(identity,         MAP,        0,           5,           IDENTITY)                        \
  TYPE(provenance,       MAP,        0,           5,           PROVENANCE)                      \
  TYPE(options,          NAMES,      1,           32,          OPTION)                          \
  TYPE(payloads,         LIST,       1,           8,           T_payload)                       \
  TYPE(payload,          MAP,        0,           8,           PAYLOAD)                         \
  TYPE(files,            LIST,       1,           16,          T_file)                          \
  TYPE(file,             TUPLE,      2,           2,           FILE)                            \
  TYPE(requirements,     MAP,        0,           6,           REQUIREMENTS)                    \
  TYPE(names,            LIST,       1,           16,          T_name)                          \
  TYPE(memory,           MAP,        0,           6,           MEMORY)                          \
  TYPE(offsets,          LIST,       1,           16,          T_offset)                        \
  TYPE(measured,         MAP,        0,           5,           MEASURED)                        \
  TYPE(signals,          LIST,       1,           16,          T_signal)                        \
  TYPE(signal,           MAP,        0,           7,           SIGNAL)                          \
  TYPE(shape,            LIST,       0,           8,           T_size)                          \
  TYPE(labels,           LIST,       1,           TO_THE(10),  T_text)                          \
  TYPE(steps,            LIST,       1,           32,          T_step)                          \
  TYPE(step,             TUPLE,      3,           3,           STEP)                            \
  TYPE(parameters,       PARAMETERS, 0,           20,          0)                               \
  TYPE(vectors,          LIST,       1,           8,           T_golden)                        \
  TYPE(golden,           TUPLE,      2,           2,           GOLDEN)                          \
  TYPE(inputs,           LIST,       1,           16,          T_input)                         \
  TYPE(input,            CHOICE,     0,           2,           21)                              \
  TYPE(outputs,          LIST,       1,           16,          T_output)                        \
  TYPE(output,           CHOICE,     0,           2,           24)                              \
  /* authentication, transports */                                                              \
  TYPE(authentication,   LIST,       1,           5,           T_bytes)                         \
  TYPE(signature,        TAG,        18,          18,          T_sign1)                         \
  TYPE(sign1,            TUPLE,      4,           4,           SIGN1)                           \
  TYPE(protected,        MAP,        0,           2,           PROTECTED)                       \
  TYPE(no_headers,       NAMES,      0,           0,           0)                               \
  TYPE(nothing,          SIMPLE,     0xf6,        0,           0)                               \
  TYPE(transports,       LIST,       1,           8,           T_transport)                     \
  TYPE(transport,        MAP,        0,           3,           TRANSPORT)                       \
  /* trust list */                                                                              \
  TYPE(trust_file,       TUPLE,      3,           3,           TRUST_FILE)                      \
  TYPE(trust_list,       MAP,        0,           6,           TRUST_LIST)                      \
  TYPE(trusted,          LIST,       1,           16,          T_trusted_key)                   \
  TYPE(trusted_key,      TUPLE,      3,           3,           TRUSTED_KEY)                     \
  TYPE(use,              UINT,       1,           3,           0)                               \
  TYPE(revoked,          LIST,       1,           TO_THE(8),   T_key_id)                        \
  TYPE(required,         LIST,       1,           3,           T_algorithm)                     \
  TYPE(floors,           LIST,       1,           TO_THE(6),   T_floor)                         \
  TYPE(floor,            TUPLE,      2,           2,           FLOOR)                           \
  /* the others */                                                                              \
  TYPE(version_1,        ONE,        0,           0,           0)                               \
  TYPE(long,             LONG,       0,           0,           0)                               \
  TYPE(huge,             HUGE,       0,           0,           0)                               \
  TYPE(algorithm,        INT64,      0,           0,           0)                               \
  TYPE(zero_point,       INT,        0,           BELOW(31),   0)                               \
  TYPE(text,             TEXT,       0,           0,           0)                               \
  TYPE(name,             NAME,       0,           0,           0)                               \
  TYPE(version,          VERSION,    0,           0,           0)                               \
  TYPE(uuid,             BYTES,      16,          16,          0)                               \
  TYPE(sha_256,          BYTES,      32,          32,          0)                               \
  TYPE(hashes,           BYTES,      32,          TO_THE(13),  0)                               \
  TYPE(key_id,           BYTES,      1,           32,          0)                               \
  TYPE(cose_bytes,       BYTES,      0,           TO_THE(12),  0)                               \
  TYPE(bytes,            BYTES,      0,           TO_THE(16),  0)                               \
  TYPE(kind,             UINT,       1,           5,           0)                               \
  TYPE(block,            POWER,      TO_THE(8),   TO_THE(20),  0)                               \
  TYPE(size,             UINT,       1,           TO_THE(26),  0)                               \
  TYPE(runtime,          UINT,       1,           TO_THE(24),  0)                               \
  TYPE(alignment,        POWER,      1,           TO_THE(12),  0)                               \
  TYPE(offset,           UINT,       0,           TO_THE(31),  0)                               \
  TYPE(element,          UINT,       1,           7,           0)                               \
  TYPE(step_number,      STEP_NAME,  1,           21,          0)                               \
  TYPE(which,            UINT,       0,           15,          0)                               \
  TYPE(index,            UINT,       0,           7,           0)                               \
  TYPE(whole,            UINT,       0,           BELOW(31),   0)                               \
  TYPE(octet,            UINT,       0,           BELOW(8),    0)                               \
  TYPE(number,           FLOAT,      0,           0,           0)                               \
  TYPE(scale,            SCALE,      0,           0,           0)                               \
  TYPE(tolerance,        TOLERANCE,  0,           0,           0)

/*      first of these   key          type */
#define MOTE_FIELDS(FIELD)                                                                      \
  /* manifest */                                                                                \
  FIELD(MANIFEST,        1,           version_1)                                                \
  FIELD(MANIFEST_1,      2,           huge)                                                     \
  FIELD(MANIFEST_2,      MAYBE | 3,   any)                                                      \
  FIELD(MANIFEST_3,      MAYBE | 7,   any)                                                      \
  FIELD(MANIFEST_4,      MAYBE | 20,  any)                                                      \
  FIELD(MANIFEST_5,      MINUS_256,   description)                                              \
  /* description */                                                                             \
  FIELD(DESCRIPTION,     1,           version_1)                                                \
  FIELD(DESCRIPTION_1,   2,           identity)                                                 \
  FIELD(DESCRIPTION_2,   3,           provenance)                                               \
  FIELD(DESCRIPTION_3,   4,           payloads)                                                 \
  FIELD(DESCRIPTION_4,   5,           signals)                                                  \
  FIELD(DESCRIPTION_5,   6,           signals)                                                  \
  FIELD(DESCRIPTION_6,   MAYBE | 7,   steps)                                                    \
  FIELD(DESCRIPTION_7,   MAYBE | 8,   steps)                                                    \
  FIELD(DESCRIPTION_8,   9,           vectors)                                                  \
  FIELD(DESCRIPTION_9,   MAYBE | 10,  text)                                                     \
  /* identity */                                                                                \
  FIELD(IDENTITY,        1,           uuid)                                                     \
  FIELD(IDENTITY_1,      2,           uuid)                                                     \
  FIELD(IDENTITY_2,      3,           name)                                                     \
  FIELD(IDENTITY_3,      4,           version)                                                  \
  FIELD(IDENTITY_4,      MAYBE | 5,   text)                                                     \
  /* provenance */                                                                              \
  FIELD(PROVENANCE,      1,           sha_256)                                                  \
  FIELD(PROVENANCE_1,    2,           name)                                                     \
  FIELD(PROVENANCE_2,    3,           name)                                                     \
  FIELD(PROVENANCE_3,    4,           text)                                                     \
  FIELD(PROVENANCE_4,    MAYBE | 5,   options)                                                  \
  FIELD(OPTION,          0,           name)                                                     \
  FIELD(OPTION_1,        0,           text)                                                     \
  /* payload */                                                                                 \
  FIELD(PAYLOAD,         1,           kind)                                                     \
  FIELD(PAYLOAD_1,       2,           requirements)                                             \
  FIELD(PAYLOAD_2,       3,           block)                                                    \
  FIELD(PAYLOAD_3,       MAYBE | 4,   hashes)                                                   \
  FIELD(PAYLOAD_4,       MAYBE | 5,   files)                                                    \
  FIELD(PAYLOAD_5,       MAYBE | 6,   name)                                                     \
  FIELD(PAYLOAD_6,       MAYBE | 7,   memory)                                                   \
  FIELD(PAYLOAD_7,       MAYBE | 8,   measured)                                                 \
  FIELD(FILE,            0,           name)                                                     \
  FIELD(FILE_1,          0,           size)                                                     \
  FIELD(REQUIREMENTS,    1,           name)                                                     \
  FIELD(REQUIREMENTS_1,  MAYBE | 2,   names)                                                    \
  FIELD(REQUIREMENTS_2,  MAYBE | 3,   name)                                                     \
  FIELD(REQUIREMENTS_3,  4,           long)                                                     \
  FIELD(REQUIREMENTS_4,  5,           long)                                                     \
  FIELD(REQUIREMENTS_5,  MAYBE | 6,   runtime)                                                  \
  FIELD(MEMORY,          1,           offset)                                                   \
  FIELD(MEMORY_1,        2,           alignment)                                                \
  FIELD(MEMORY_2,        3,           offsets)                                                  \
  FIELD(MEMORY_3,        4,           offsets)                                                  \
  FIELD(MEMORY_4,        5,           long)                                                     \
  FIELD(MEMORY_5,        6,           long)                                                     \
  FIELD(MEASURED,        1,           text)                                                     \
  FIELD(MEASURED_1,      MAYBE | 2,   huge)                                                     \
  FIELD(MEASURED_2,      MAYBE | 3,   huge)                                                     \
  FIELD(MEASURED_3,      MAYBE | 4,   huge)                                                     \
  FIELD(MEASURED_4,      MAYBE | 5,   huge)                                                     \
  /* signal */                                                                                  \
  FIELD(SIGNAL,          1,           text)                                                     \
  FIELD(SIGNAL_1,        2,           shape)                                                    \
  FIELD(SIGNAL_2,        3,           element)                                                  \
  FIELD(SIGNAL_3,        MAYBE | 4,   scale)                                                    \
  FIELD(SIGNAL_4,        MAYBE | 5,   zero_point)                                               \
  FIELD(SIGNAL_5,        MAYBE | 6,   text)                                                     \
  FIELD(SIGNAL_6,        MAYBE | 7,   labels)                                                   \
  /* step, golden vector */                                                                     \
  FIELD(STEP,            0,           step_number)                                              \
  FIELD(STEP_1,          0,           which)                                                    \
  FIELD(STEP_2,          0,           parameters)                                               \
  FIELD(GOLDEN,          0,           inputs)                                                   \
  FIELD(GOLDEN_1,        0,           outputs)                                                  \
  /* signature, transport */                                                                    \
  FIELD(SIGN1,           0,           cose_bytes)                                               \
  FIELD(SIGN1_1,         0,           no_headers)                                               \
  FIELD(SIGN1_2,         0,           nothing)                                                  \
  FIELD(SIGN1_3,         0,           cose_bytes)                                               \
  FIELD(PROTECTED,       1,           algorithm)                                                \
  FIELD(PROTECTED_1,     4,           key_id)                                                   \
  FIELD(TRANSPORT,       1,           index)                                                    \
  FIELD(TRANSPORT_1,     MAYBE | 2,   sha_256)                                                  \
  FIELD(TRANSPORT_2,     MAYBE | 3,   bytes)                                                    \
  /* trust list */                                                                              \
  FIELD(TRUST_FILE,      0,           text)                                                     \
  FIELD(TRUST_FILE_1,    0,           bytes)                                                    \
  FIELD(TRUST_FILE_2,    0,           bytes)                                                    \
  FIELD(TRUST_LIST,      1,           version_1)                                                \
  FIELD(TRUST_LIST_1,    2,           huge)                                                     \
  FIELD(TRUST_LIST_2,    3,           trusted)                                                  \
  FIELD(TRUST_LIST_3,    MAYBE | 4,   revoked)                                                  \
  FIELD(TRUST_LIST_4,    MAYBE | 5,   required)                                                 \
  FIELD(TRUST_LIST_5,    MAYBE | 6,   floors)                                                   \
  FIELD(TRUSTED_KEY,     0,           algorithm)                                                \
  FIELD(TRUSTED_KEY_1,   0,           bytes)                                                    \
  FIELD(TRUSTED_KEY_2,   0,           use)                                                      \
  FIELD(FLOOR,           0,           uuid)                                                     \
  FIELD(FLOOR_1,         0,           huge)                                                     \
  /* alternatives: parameters of steps, golden values */                                        \
  FIELD(NUMBERS,         1,           number)                                                   \
  FIELD(NUMBERS_1,       2,           number)                                                   \
  FIELD(WHOLES,          1,           whole)                                                    \
  FIELD(WHOLES_1,        2,           whole)                                                    \
  FIELD(WHOLES_2,        3,           name)                                                     \
  FIELD(NAME_ONLY,       1,           name)                                                     \
  FIELD(WHOLE_NAME,      1,           whole)                                                    \
  FIELD(WHOLE_NAME_1,    2,           name)                                                     \
  FIELD(MEL,             1,           whole)                                                    \
  FIELD(MEL_1,           2,           number)                                                   \
  FIELD(MEL_2,           3,           number)                                                   \
  FIELD(MEL_3,           4,           whole)                                                    \
  FIELD(LITERAL,         0,           which)                                                    \
  FIELD(LITERAL_1,       0,           bytes)                                                    \
  FIELD(LITERAL_2,       0,           tolerance)                                                \
  FIELD(LINEAR,          0,           which)                                                    \
  FIELD(LINEAR_1,        0,           octet)                                                    \
  FIELD(LINEAR_2,        0,           octet)                                                    \
  FIELD(HASH,            0,           which)                                                    \
  FIELD(HASH_1,          0,           sha_256)

#define MOTE_TYPE_NAME(type, what, a, b, c) T_##type,
#define MOTE_FIELD_NAME(field, key, type) field,
enum { MOTE_TYPES(MOTE_TYPE_NAME) };
enum { MOTE_FIELDS(MOTE_FIELD_NAME) };

/* Whether bytes are one item, in the deterministic encoding and within the limits, and are of this type. The first byte of a
 * wrong encoding decides; then a version that is not known; then a key that is not known; then all else. */
mote_error_t mote_check(mote_bytes_t bytes, uint32_t type);

#endif
