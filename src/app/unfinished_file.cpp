#include "app/unfinished_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

namespace paragon {
namespace {

// Names to remove; whoever takes one out of its slot is the only one to use it. A command has few
// files open at once: one that finds no slot stays behind after a signal, nothing worse.
std::atomic<const char*> slots[8];

void remove_and_die(int number) {
  for (auto& slot : slots) {
    if (const char* name = slot.exchange(nullptr)) ::unlink(name);
  }
  std::raise(number);  // SA_RESETHAND: now it ends the program
}

// A command that handles a signal itself, or was started to ignore it, goes on doing so.
void handle_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    if (::sigaction(number, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) continue;
    struct sigaction ours {};
    ours.sa_handler = remove_and_die;
    ours.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(number, &ours, nullptr);
  }
}

}  // namespace

UnfinishedFile::UnfinishedFile(const std::string& path)
    : path_(path), name_(fmt::format("{}.{}.part", path, getpid())) {
  handle_signals();
  for (auto& slot : slots) {
    const char* none = nullptr;
    if (!slot.compare_exchange_strong(none, name_.c_str())) continue;
    slot_ = &slot;
    return;
  }
}

UnfinishedFile::~UnfinishedFile() {
  ::unlink(name_.c_str());
  forget();
}

int UnfinishedFile::become_whole() {
  return std::rename(name_.c_str(), path_.c_str()) == 0 ? 0 : errno;
}

void UnfinishedFile::forget() {
  if (slot_ == nullptr || slot_->exchange(nullptr) != nullptr) return;
  for (;;) ::pause();  // a signal is using the name, and ends the program
}

}  // namespace paragon
