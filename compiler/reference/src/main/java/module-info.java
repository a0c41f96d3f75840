/// The reference interpreter: slow, obvious, the oracle of every other part.
@org.jspecify.annotations.NullMarked
module dev.mote.reference {
  requires transitive dev.mote.ir;
  requires static transitive org.jspecify;

  exports dev.mote.reference;
}
