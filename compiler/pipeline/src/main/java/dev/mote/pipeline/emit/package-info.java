/// Emission: lowered steps and a plan become one C header and one C source.
///
/// [KernelLibrary] collects the text of the kernels that are used, [ConstantPool] names and prints
/// the tables, [CEmitter] writes the layers and the public functions. Same input, same bytes.
@org.jspecify.annotations.NullMarked
package dev.mote.pipeline.emit;
