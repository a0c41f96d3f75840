package dev.mote.optimizer.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/// WAV files of PCM samples; the first channel of several, as real numbers -1 … 1.
///
/// @param samples of the first channel
/// @param channels how many there are
/// @param rate samples per second
record SoundFile(List<Float> samples, int channels, int rate) {

  private static final String FIX = "give a WAV file of 8- or 16-bit PCM samples.";

  static Numbers parse(Path file, byte[] bytes) {
    return new Numbers(
        List.of(),
        read(file, bytes).samples().stream().map(Float::doubleValue).toList(),
        Optional.empty());
  }

  static SoundFile read(Path file, byte[] bytes) {
    try (AudioInputStream stream =
        AudioSystem.getAudioInputStream(new ByteArrayInputStream(bytes))) {
      AudioFormat format = stream.getFormat();
      return new SoundFile(
          samples(file, format, stream.readAllBytes()),
          format.getChannels(),
          Math.round(format.getSampleRate()));
    } catch (UnsupportedAudioFileException | IOException | RuntimeException e) {
      if (e instanceof dev.mote.ir.DiagnosticException known) {
        throw known;
      }
      // Damaged headers make the decoder throw many things.
      throw FileProblem.malformed(
          file, "it is no sound that can be read (" + e.getMessage() + ")", FIX);
    }
  }

  private static List<Float> samples(Path file, AudioFormat format, byte[] data) {
    int bits = format.getSampleSizeInBits();
    boolean signed = format.getEncoding().equals(AudioFormat.Encoding.PCM_SIGNED);
    boolean unsigned = format.getEncoding().equals(AudioFormat.Encoding.PCM_UNSIGNED);
    if (!(bits == 16 && signed || bits == 8 && (signed || unsigned))) {
      throw FileProblem.malformed(
          file, "its samples are " + format.getEncoding() + " of " + bits + " bits", FIX);
    }
    ByteBuffer buffer =
        ByteBuffer.wrap(data)
            .order(format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    List<Float> samples = new ArrayList<>();
    int frame = format.getFrameSize();
    for (int at = 0; at + frame <= data.length; at += frame) {
      samples.add(
          bits == 16
              ? buffer.getShort(at) / 32768f
              : (unsigned ? Byte.toUnsignedInt(data[at]) - 128 : data[at]) / 128f);
    }
    return samples;
  }
}
