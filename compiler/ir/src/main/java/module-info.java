/// The intermediate representation of a model: immutable graphs of tensors and operators.
@org.jspecify.annotations.NullMarked
module dev.mote.ir {
  requires static transitive org.jspecify;

  exports dev.mote.ir;
}
