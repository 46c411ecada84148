#pragma once
/* OpenSSL 3 (ssl(7)). Much of its API is macros over SSL_ctrl and BIO_ctrl, which Swift does not see: the ones that are
 * needed are functions here. No logic. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
