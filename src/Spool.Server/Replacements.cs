using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Takes up tokens and certificates that change while the server runs, and says so in the log. What cannot be used leaves what was
/// there before.</summary>
static class Replacements
{
    /// <summary>Begins to ask for tokens.</summary>
    public static Rereading<TokenTable> OfTokens(
        ValidTokens tokens,
        Func<CancellationToken, ValueTask<TokenTable?>> read,
        TimeProvider time,
        ILogger logger
    ) =>
        new(
            read,
            table =>
            {
                tokens.Replace(table);
                Log.TokensReplaced(logger, table.Rows.Count);
            },
            error =>
            {
                if (error is ThreadStoreException refused)
                    Log.TokensRefused(logger, refused.Message);
                else
                    Log.TokensFailed(logger, error);
            },
            time
        );

    /// <summary>Begins to ask for a certificate.</summary>
    public static Rereading<ServerTls> OfTls(
        CurrentTls current,
        Func<CancellationToken, ValueTask<ServerTls?>> read,
        TimeProvider time,
        ILogger logger
    ) =>
        new(
            read,
            tls =>
            {
                tls.CheckTime(time.GetUtcNow());
                current.Replace(tls);
                Log.CertificateReplaced(logger, tls.Certificate.NotAfter.ToUniversalTime());
            },
            error =>
            {
                if (error is ThreadStoreException refused)
                    Log.CertificateRefused(logger, refused.Message);
                else
                    Log.CertificateFailed(logger, error);
            },
            time
        );
}
