// What comes back from AWS, and the user's own files of profiles. The first byte says which reader
// gets the rest.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "cloud/aws/command_words.h"
#include "cloud/aws/container_role.h"
#include "cloud/aws/ec2_answer.h"
#include "cloud/aws/ec2_place.h"
#include "cloud/aws/fault.h"
#include "cloud/aws/instance_metadata.h"
#include "cloud/aws/instant.h"
#include "cloud/aws/lambda_answer.h"
#include "cloud/aws/process_answer.h"
#include "cloud/aws/profile_file.h"
#include "cloud/aws/quota.h"
#include "cloud/aws/single_sign_on.h"
#include "cloud/aws/sts.h"
#include "cloud/aws/worker_watch.h"

namespace {

using namespace paragon;
using namespace paragon::aws;

template <class Value>
void check(const Result<Value>& read) {
  PARAGON_CHECK(read || read.error().code == ErrorCode::unavailable ||
                    read.error().code == ErrorCode::invalid,
                "an answer of status 200 that is " + std::string(name(read.error().code)));
}

void check_fault(const Fault& fault) {
  const Error error = as_error(fault, "fuzz");
  PARAGON_CHECK(error.message.find('\n') == std::string::npos, "a message of more than one line");
}

void check_instant(const std::string& text) {
  const auto read = read_instant(text);
  if (!read) return;
  const auto again = read_instant(extended_text(*read));
  PARAGON_CHECK(again && *again == *read, "an instant that is another when it is written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'a':
      check(ec2::read_run_instances(text));
      check(ec2::read_describe_instances(text));
      break;
    case 'b':
      check(ec2::read_terminate_instances(text));
      check(ec2::read_describe_instance_status(text));
      check(ec2::read_describe_spot_price_history(text));
      break;
    case 'c':
      check(lambda::read_function(text));
      check(lambda::read_get_function(text));
      check(lambda::read_list_functions(text));
      check(lambda::read_provisioned_concurrency(text));
      break;
    case 'd': {
      const auto report = lambda::read_report(text);
      PARAGON_CHECK(!report || report->billed >= Duration::zero(), "a negative bill");
      static_cast<void>(lambda::failure_of({text, "Unhandled", "", ""}, "f"));
      break;
    }
    case 'e':
      check_fault(read_xml_fault({400, {}, text}));
      check_fault(read_json_fault({400, {}, text}));
      break;
    case 'f':
      check(sts::read_credentials(text));
      check(metadata::read_credentials({200, {}, text}));
      check(container::read_credentials(text));
      check(sso::read_credentials(text));
      check(metadata::read_role({200, {}, text}));
      check(metadata::read_token({200, {}, text}));
      check(metadata::read_region({200, {}, text}));
      check(metadata::read_spot_action({200, {}, text}));
      break;
    case 'g':
      check(ec2::read_describe_images(text));
      check(ec2::read_describe_subnets(text));
      check(ec2::read_describe_security_groups(text));
      check(sts::read_caller(text));
      break;
    case 'h':
      check(quota::read_value(text));
      check(read_worker_word(text));
      check_instant(text);
      break;
    case 'i':
      check(read_process_answer(text));
      check(command_words(text));
      break;
    default:
      check(parse_profiles(text, ProfileFile::config, "file"));
      check(parse_profiles(text, ProfileFile::sessions, "file"));
      check(parse_profiles(text, ProfileFile::credentials, "file"));
  }
  return 0;
}
