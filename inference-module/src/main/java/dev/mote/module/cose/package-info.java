/// COSE (RFC 9052, RFC 9053) as far as modules use it: detached single-signer signatures, and
/// content keys for several recipients. Keys are those of the Java platform.
///
/// ```java
/// Sign1 block = Sign1.sign(key, Bytes.EMPTY, digest);
/// boolean holds = block.verify(publicKey, Bytes.EMPTY, digest);
/// ```
@NullMarked
package dev.mote.module.cose;

import org.jspecify.annotations.NullMarked;
