/// CBOR as modules use it: RFC 8949 in its core deterministic encoding, and nothing else.
///
/// ```java
/// Cbor value = CborReader.read(bytes, CborReader.Limits.HEAD);
/// assert CborWriter.write(value).equals(bytes); // one value has one encoding
/// ```
@NullMarked
package dev.mote.module.cbor;

import org.jspecify.annotations.NullMarked;
