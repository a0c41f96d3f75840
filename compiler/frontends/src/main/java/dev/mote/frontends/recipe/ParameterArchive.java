package dev.mote.frontends.recipe;

import dev.mote.frontends.classical.ClassicalProblem;
import dev.mote.ir.Blob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// The arrays of an archive by their names without suffix. Nothing is unpacked to anywhere; what
/// the archive expands to is limited while it expands.
final class ParameterArchive {

  private static final int MOST_FILES = 64;
  private static final int MOST_BYTES = 1 << 25;

  private final Map<String, byte[]> files = new TreeMap<>();

  /// @throws dev.mote.frontends.classical.ClassicalRefusal when it is no such archive
  ParameterArchive(Blob archive) {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive.toByteArray()))) {
      int left = MOST_BYTES;
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        if (entry.isDirectory()) {
          continue;
        }
        if (files.size() >= MOST_FILES) {
          throw ClassicalProblem.TOO_LARGE.at(
              "", "it has more than %d files".formatted(MOST_FILES));
        }
        byte[] bytes = zip.readNBytes(left + 1);
        if (bytes.length > left) {
          throw ClassicalProblem.TOO_LARGE.at(
              "", "it unpacks to more than %d MiB".formatted(MOST_BYTES >> 20));
        }
        left -= bytes.length;
        String last = name.substring(name.lastIndexOf('/') + 1);
        if (last.endsWith(".npy")
            && files.put(last.substring(0, last.length() - 4), bytes) != null) {
          throw ClassicalProblem.FIELD.at("", "it has two files '%s'".formatted(last));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw ClassicalProblem.SYNTAX.at("", "it is no sound archive: " + e.getMessage());
    }
  }

  Set<String> names() {
    return new TreeSet<>(files.keySet());
  }

  boolean has(String name) {
    return files.containsKey(name);
  }

  /// The array called `name`.
  NumberArray array(String name) {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      throw ClassicalProblem.FIELD.at("", "it has no '%s.npy'".formatted(name));
    }
    return NumberArray.read(name + ".npy", bytes);
  }

  /// The array called `name` as a matrix.
  NumberArray matrix(String name) {
    NumberArray array = array(name);
    if (array.dims().size() != 2 || array.rows() < 1 || array.columns() < 1) {
      throw ClassicalProblem.FIELD.at(name + ".npy", "it is no matrix but " + array.dims());
    }
    return array;
  }

  /// A matrix, or the product of its factors `NAME1` and `NAME2` where it is of low rank.
  List<NumberArray> factors(String name) {
    return has(name) ? List.of(matrix(name)) : List.of(matrix(name + "1"), matrix(name + "2"));
  }

  /// `count` numbers of the array called `name`.
  double[] vector(String name, int count) {
    double[] values = array(name).numbers();
    if (values.length != count) {
      throw ClassicalProblem.FIELD.at(
          name + ".npy",
          "it has %d numbers, others make %d necessary".formatted(values.length, count));
    }
    return values;
  }

  double number(String name) {
    return vector(name, 1)[0];
  }

  /// The array called `name` where there is one.
  Optional<double[]> optional(String name, int count) {
    return has(name) ? Optional.of(vector(name, count)) : Optional.empty();
  }

  /// Names of arrays that a user may compare with what is expected.
  String listing() {
    return String.join(", ", new ArrayList<>(names()));
  }
}
