#pragma once
/* OpenSSL 3 (ssl(7)). Much of its API is macros over SSL_CTX_ctrl, SSL_ctrl and stacks, which Swift does not see: the
 * ones that are needed are functions and constants here. No logic. */
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* SSL_CTX_set_options(3) */
static const uint64_t COpenSSL_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t COpenSSL_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t COpenSSL_OP_NO_TICKET = SSL_OP_NO_TICKET;
static const uint64_t COpenSSL_OP_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t COpenSSL_OP_PRIORITIZE_CHACHA = SSL_OP_PRIORITIZE_CHACHA;

/* SSL_CTX_set_min_proto_version(3) */
static inline int COpenSSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

/* SSL_CTX_set_mode(3) */
static inline void COpenSSL_CTX_set_mode(SSL_CTX *context, long mode) { SSL_CTX_set_mode(context, mode); }

/* SSL_CTX_set1_groups_list(3) */
static inline int COpenSSL_CTX_set1_groups_list(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}

/* SSL_CTX_set1_sigalgs_list(3) */
static inline int COpenSSL_CTX_set1_sigalgs_list(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_sigalgs_list(context, list);
}

/* SSL_CTX_set_session_cache_mode(3) */
static inline void COpenSSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode) {
    SSL_CTX_set_session_cache_mode(context, mode);
}

/* SSL_CTX_set_max_cert_list(3) */
static inline void COpenSSL_CTX_set_max_cert_list(SSL_CTX *context, long bytes) {
    SSL_CTX_set_max_cert_list(context, bytes);
}

/* SSL_CTX_set_tlsext_servername_callback(3) */
static inline void COpenSSL_CTX_set_servername_callback(SSL_CTX *context, int (*callback)(SSL *, int *, void *)) {
    SSL_CTX_set_tlsext_servername_callback(context, callback);
}

/* SSL_set_tlsext_host_name(3) */
static inline int COpenSSL_set_host_name(SSL *connection, const char *name) {
    return (int)SSL_set_tlsext_host_name(connection, name);
}

/* X509_NAME_print_ex(3): RFC 2253, but UTF-8 stays as it is; control characters are escaped. */
static const unsigned long COpenSSL_NAME_FLAGS = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;

/* DEFINE_STACK_OF(3) */
static inline int COpenSSL_sk_X509_num(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline STACK_OF(X509) *COpenSSL_sk_X509_new(void) { return sk_X509_new_null(); }
static inline int COpenSSL_sk_X509_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}
static inline void COpenSSL_sk_X509_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }
static inline int COpenSSL_sk_GENERAL_NAME_num(const GENERAL_NAMES *stack) { return sk_GENERAL_NAME_num(stack); }
static inline GENERAL_NAME *COpenSSL_sk_GENERAL_NAME_value(const GENERAL_NAMES *stack, int position) {
    return sk_GENERAL_NAME_value(stack, position);
}

/* EVP_MAC_CTX_set_params(3) with the key and digest of an HMAC, as SSL_CTX_set_tlsext_ticket_key_evp_cb(3) shows it. */
static inline int COpenSSL_MAC_CTX_set_hmac(EVP_MAC_CTX *context, unsigned char *key, size_t bytes) {
    OSSL_PARAM parameters[3];
    parameters[0] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, bytes);
    parameters[1] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0);
    parameters[2] = OSSL_PARAM_construct_end();
    return EVP_MAC_CTX_set_params(context, parameters);
}

/* OPENSSL_free(3) */
static inline void COpenSSL_free(void *memory) { OPENSSL_free(memory); }
