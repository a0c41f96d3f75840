package dev.mote.emulator.cycle;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Classes of Armv6-M to Armv8.1-M instructions whose timing differs.
enum ArmKind {
  BRANCH("b{cond}"),
  COMPARE_BRANCH("cbn?z"),
  CALL("bl"),
  BRANCH_REGISTER("blx?{cond}|bx{cond}"),
  TABLE_BRANCH("tb[bh]"),
  LOOP_START("[dw]ls(tp)?(\\..*)?"),
  LOOP_END("le(tp)?"),
  IF_THEN("it[te]{0,3}"),
  DIVIDE("[su]div{cond}"),
  MULTIPLY("muls?{cond}"),
  MULTIPLY_ADD("ml[as]{cond}"),
  MULTIPLY_LONG("[su]mulls?{cond}"),
  MULTIPLY_ADD_LONG("[su]mlals?{cond}|umaal{cond}"),
  DSP_MULTIPLY("smlal.+|smlsl.+|sml[as].+|smm.+|smu.+"),
  LOAD_TWO("ldrd{cond}"),
  STORE_TWO("strd{cond}"),
  LOAD("ldr(s?[bh])?{cond}"),
  STORE("str[bh]?{cond}"),
  LOAD_MANY("ldm(ia|db|fd|ea)?{cond}|pop{cond}|vldm.*|vpop.*"),
  STORE_MANY("stm(ia|db|fd|ea)?{cond}|push{cond}|vstm.*|vpush.*"),
  FLOAT_DIVIDE("v(div|sqrt){cond}\\.f.*"),
  FLOAT_MULTIPLY_ADD("v(f?n?m[la]a|f?n?m[la]s|fma|fms|fnma|fnms|mla|mls|nmla|nmls){cond}\\.f.*"),
  VECTOR_LOAD("vld[24].*|vldr[bhwd].*"),
  VECTOR_STORE("vst[24].*|vstr[bhwd].*"),
  FLOAT_LOAD("vldr.*"),
  FLOAT_STORE("vstr.*"),
  VECTOR_MULTIPLY("v(ml|mul|mull|qdmul|qrdmul|qdml|qrdml|rmlal|rmlsl|fma|fms|mlal|rmul).*"),
  FLOAT_OR_VECTOR("v.*"),
  WAIT("isb|dsb|dmb|wf[ei]"),
  PLAIN(".*");

  private static final Map<String, ArmKind> KNOWN = new ConcurrentHashMap<>();

  private final Pattern mnemonics;

  ArmKind(String mnemonics) {
    this.mnemonics =
        Pattern.compile(
            mnemonics.replace("{cond}", "(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?"));
  }

  static ArmKind of(Opcode opcode) {
    return KNOWN.computeIfAbsent(opcode.mnemonic(), ArmKind::find);
  }

  private static ArmKind find(String mnemonic) {
    for (ArmKind kind : values()) {
      if (kind.mnemonics.matcher(mnemonic).matches()) {
        return kind;
      }
    }
    return PLAIN;
  }

  /// Whether it goes elsewhere by its own operand.
  boolean isBranch() {
    return compareTo(LOOP_END) <= 0 && this != LOOP_START;
  }

  /// Whether it accesses memory.
  boolean isAccess() {
    return switch (this) {
      case LOAD,
          STORE,
          LOAD_TWO,
          STORE_TWO,
          LOAD_MANY,
          STORE_MANY,
          VECTOR_LOAD,
          VECTOR_STORE,
          FLOAT_LOAD,
          FLOAT_STORE ->
          true;
      default -> false;
    };
  }
}
