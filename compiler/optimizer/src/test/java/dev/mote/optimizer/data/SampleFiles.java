package dev.mote.optimizer.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/// Writes files of samples into a folder.
record SampleFiles(Path folder) {

  static byte[] floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * values.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  Path npy(String name, String type, String shape, byte[] elements) throws IOException {
    String header =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + ",), }\n";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + text.length + elements.length)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.putShort((short) text.length).put(text).put(elements);
    return Files.write(folder.resolve(name), bytes.array());
  }

  Path text(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  void image(String name, int width, int height, int rgb) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, rgb);
    }
    ImageIO.write(image, "png", file.toFile());
  }

  void sound(String name, int rate, int channels, int frames) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    byte[] data = new byte[2 * channels * frames];
    for (int i = 1; i < channels * frames; i += 2) {
      data[2 * i + 1] = 0x40;
    }
    AudioFormat format = new AudioFormat(rate, 16, channels, true, false);
    try (AudioInputStream stream =
        new AudioInputStream(new java.io.ByteArrayInputStream(data), format, frames)) {
      AudioSystem.write(stream, AudioFileFormat.Type.WAVE, file.toFile());
    }
  }
}
