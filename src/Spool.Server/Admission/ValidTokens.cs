using System.Security.Cryptography;

namespace Spool.Server;

/// <summary>The tokens that are valid now. They can be replaced while calls are under way.</summary>
sealed class ValidTokens
{
    readonly Lock _replacing = new();
    volatile ValidToken[] _tokens;

    public ValidTokens(TokenTable table) => _tokens = [.. table.Rows.Select(row => new ValidToken(row.Hash, row.Caller))];

    /// <summary>Finds a token.</summary>
    /// <param name="token">What a caller showed.</param>
    /// <returns>The token, or null when it is not valid.</returns>
    /// <remarks>Takes the same time for every text of the same length: hashes are compared, all of them, and each to its end.</remarks>
    public ValidToken? Find(string token)
    {
        var hash = TokenTable.Hash(token);
        ValidToken? found = null;
        foreach (var valid in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(valid.Hash, hash))
                found = valid;
        }
        return found;
    }

    /// <summary>Makes these tokens the valid ones. One that is not among them any more, or that now means something else, is revoked.</summary>
    public void Replace(TokenTable table)
    {
        List<ValidToken> gone;
        lock (_replacing)
        {
            var before = _tokens;
            _tokens = [.. table.Rows.Select(row => Array.Find(before, token => token.Is(row.Hash, row.Caller)) ?? new ValidToken(row.Hash, row.Caller))];
            gone = [.. before.Except(_tokens)];
        }
        foreach (var token in gone)
            token.Revoke();
    }
}

/// <summary>A token of <see cref="ValidTokens"/>: its hash, not the token.</summary>
// Its source is never disposed: it has no timer and no handle, and calls may hold what it gives for long.
#pragma warning disable CA1001
sealed class ValidToken(byte[] hash, Caller caller)
{
    readonly CancellationTokenSource _revoked = new();

    /// <summary>Gets the hash.</summary>
    public ReadOnlySpan<byte> Hash => hash;

    /// <summary>Gets who shows it.</summary>
    public Caller Caller => caller;

    /// <summary>Gets what is cancelled when it is no longer valid.</summary>
    public CancellationToken Revoked => _revoked.Token;

    /// <summary>Says whether it is this token with this meaning.</summary>
    public bool Is(byte[] otherHash, Caller otherCaller) => caller == otherCaller && Hash.SequenceEqual(otherHash);

    /// <summary>Ends what goes on in its name.</summary>
    public void Revoke() => _revoked.Cancel();
}
#pragma warning restore CA1001
