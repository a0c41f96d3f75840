/// The inference module: a model's code and weights, what they need and compute, and who vouches
/// for them, in one file.
///
/// ```java
/// ModuleFile built = ModuleFile.of(manifest, List.of(payload)).signed(List.of(key));
/// byte[] file = ModuleWriter.write(built);
/// ModuleFile read = ModuleReader.read(file);      // refuses what is not exactly a module
/// Signatures.verify(read, trust);                 // refuses what nobody trusted has signed
/// Bytes code = Payloads.open(read, 0, keys);      // decrypts, undoes a delta, checks each block
/// ```
///
/// The format is that of `docs/spec/inference-module.md`.
@NullMarked
package dev.mote.module;

import org.jspecify.annotations.NullMarked;
