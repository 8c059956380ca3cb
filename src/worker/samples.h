// For tests: pictures that are the same everywhere, and files made of them.
#pragma once

#include <png.h>

#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace paragon::samples {

// Bytes of the textbook linear congruential generator, as the Python of preprocess_test.cpp makes.
inline std::vector<std::uint8_t> noise(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  std::uint32_t state = 1;
  for (auto& byte : bytes) {
    state = (state * 1103515245U + 12345U) & 0x7fffffffU;
    byte = static_cast<std::uint8_t>(state >> 16);
  }
  return bytes;
}

struct PngForm {
  int colour = PNG_COLOR_TYPE_RGB;
  int depth = 8;
  bool interlaced = false;
};

// `rows` holds the file's own rows, one after the other. A palette is grey: entry i = (i, i, i).
inline std::string png(std::uint32_t width, std::uint32_t height,
                       const std::vector<std::uint8_t>& rows, const PngForm& form = {}) {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp p, png_bytep data, png_size_t size) {
        static_cast<std::string*>(png_get_io_ptr(p))
            ->append(reinterpret_cast<const char*>(data), size);
      },
      nullptr);
  png_set_IHDR(png, info, width, height, form.depth, form.colour,
               form.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  std::vector<png_color> palette(256);
  for (std::size_t i = 0; i < 256; ++i) {
    const auto v = static_cast<png_byte>(i);
    palette[i] = {v, v, v};
  }
  if (form.colour == PNG_COLOR_TYPE_PALETTE) {
    png_set_PLTE(png, info, palette.data(), 1 << form.depth);
  }
  png_write_info(png, info);
  std::vector<png_bytep> lines(height);
  const std::size_t row_bytes = rows.size() / height;
  for (std::size_t y = 0; y < height; ++y) {
    lines[y] = const_cast<png_bytep>(rows.data()) + y * row_bytes;
  }
  png_write_image(png, lines.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

// Quality 100, no subsampling: flat colours come back within 2.
inline std::string jpeg(int width, int height, const std::vector<std::uint8_t>& rows, int channels,
                        J_COLOR_SPACE space, bool progressive = false) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &out, &size);
  encoder.image_width = static_cast<JDIMENSION>(width);
  encoder.image_height = static_cast<JDIMENSION>(height);
  encoder.input_components = channels;
  encoder.in_color_space = space;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, 100, TRUE);
  encoder.comp_info[0].h_samp_factor = 1;
  encoder.comp_info[0].v_samp_factor = 1;
  if (progressive) jpeg_simple_progression(&encoder);
  jpeg_start_compress(&encoder, TRUE);
  while (encoder.next_scanline < encoder.image_height) {
    auto* row = const_cast<JSAMPROW>(rows.data()) +
                encoder.next_scanline * static_cast<std::size_t>(width * channels);
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  std::string file(reinterpret_cast<char*>(out), size);
  jpeg_destroy_compress(&encoder);
  std::free(out);
  return file;
}

}  // namespace paragon::samples
