// The part of a configuration that says how to use AWS.
//
//   cloud:
//     kind: aws
//     deployment: shop            # names what belongs together
//     region: eu-central-1
//     machines:  {image: ami-…, subnets: [subnet-…], security_groups: [sg-…], instance_profile: …}
//     functions: {zip: function.zip, role: "arn:aws:iam::…:role/…"}
#pragma once

#include <string>

#include "cloud/aws/settings.h"
#include "serve/config_reader.h"

namespace paragon {

// The keys below `cloud` that are about AWS. All arguments outlive the reading.
ConfigReader::Keys aws_keys(ConfigReader& read, aws::AwsSettings& settings,
                            std::string& functions_zip);

struct ServeConfig;

// The settings of a configuration's cloud on AWS, with its functions' code read from its file and a
// name for this start of the controller. Errors: not_found (no such file).
Result<aws::AwsSettings> aws_settings(const ServeConfig& config);

}  // namespace paragon
