// Runs the built program as a person would, with a folder of its own for files.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "base/temporary_folder.h"

namespace simulate_test {

namespace fs = std::filesystem;

struct Ran {
  int status = -1;
  std::string out;
  std::string err;
  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

inline std::string text_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class ProgramTest : public testing::Test {
 protected:
  void TearDown() override { fs::permissions(dir_, fs::perms::owner_all); }

  // In the test's folder, so that messages name files by their short names.
  Ran paragon(const std::string& arguments) {
    Ran ran;
    const std::string line =
        "cd " + dir_.string() + " && timeout 100 " + PARAGON_PROGRAM + " " + arguments + " 2>.err";
    FILE* pipe = popen(line.c_str(), "r");
    char piece[65536];
    for (std::size_t n; (n = fread(piece, 1, sizeof piece, pipe)) > 0;) ran.out.append(piece, n);
    const int ended = pclose(pipe);
    if (WIFEXITED(ended)) ran.status = WEXITSTATUS(ended);
    ran.err = text_of_file(dir_ / ".err");
    fs::remove(dir_ / ".err");
    return ran;
  }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name, std::ios::binary) << text;
    return name;
  }

  // Ten minutes: a steady load, a crowd in the middle, steady again.
  std::string trace() {
    std::string text = "second,requests\n";
    for (int s = 0; s < 600; ++s) {
      text += std::to_string(s) + "," + std::to_string(s >= 300 && s < 330 ? 60 : 10) + "\n";
    }
    return write("trace.csv", text);
  }

  std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir_)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  paragon::TemporaryFolder folder_;
  const fs::path dir_ = folder_.path();
};

}  // namespace simulate_test
