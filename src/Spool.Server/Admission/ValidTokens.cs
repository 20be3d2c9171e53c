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

    /// <summary>Makes these tokens the valid ones. What goes on under one that is not among them any more ends, and what needs more than
    /// one allows by now.</summary>
    public void Replace(TokenTable table)
    {
        List<CancellationTokenSource> ending = [];
        lock (_replacing)
        {
            var before = _tokens;
            var now = table
                .Rows.Select(row =>
                    Array.Find(before, token => token.Is(row.Hash, row.Caller.Tenant))?.With(row.Caller, ending)
                    ?? new ValidToken(row.Hash, row.Caller)
                )
                .ToArray();
            foreach (var token in before)
            {
                if (!Array.Exists(now, kept => kept.Is(token.Hash, token.Caller.Tenant)))
                    token.End(ending);
            }
            _tokens = now;
        }
        foreach (var source in ending)
            source.Cancel();
    }
}

/// <summary>A token of <see cref="ValidTokens"/>: its hash, not the token.</summary>
/// <param name="hash">The hash.</param>
/// <param name="caller">Who shows it.</param>
/// <param name="valid">Cancelled when it is no longer valid; shared with what the token was before it allowed this.</param>
// The sources are never disposed: they have no timer and no handle, and calls may hold what they give for long.
#pragma warning disable CA1001
sealed class ValidToken(byte[] hash, Caller caller, CancellationTokenSource? valid = null)
{
    readonly CancellationTokenSource _valid = valid ?? new CancellationTokenSource();
    readonly CancellationTokenSource _writing = new(); // cancelled when it is no longer valid or may only read

    /// <summary>Gets the hash.</summary>
    public ReadOnlySpan<byte> Hash => hash;

    /// <summary>Gets who shows it.</summary>
    public Caller Caller => caller;

    /// <summary>Gets what is cancelled when the token does not allow something any more.</summary>
    /// <param name="needed">What it has to allow.</param>
    public CancellationToken RevokedFor(StoreAccess needed) => needed == StoreAccess.Write ? _writing.Token : _valid.Token;

    /// <summary>Says whether it is this token, whatever it allows.</summary>
    public bool Is(ReadOnlySpan<byte> otherHash, string tenant) => caller.Tenant == tenant && Hash.SequenceEqual(otherHash);

    /// <summary>Gives the token with what it allows now.</summary>
    /// <param name="now">Who shows it now; of the same tenant.</param>
    /// <param name="ending">Takes what is to be cancelled.</param>
    public ValidToken With(Caller now, List<CancellationTokenSource> ending)
    {
        if (now == caller)
            return this;
        if (now.Access < caller.Access)
            ending.Add(_writing);
        return new ValidToken(hash, now, _valid);
    }

    /// <summary>Takes the token away.</summary>
    /// <param name="ending">Takes what is to be cancelled.</param>
    public void End(List<CancellationTokenSource> ending) => ending.AddRange([_valid, _writing]);
}
#pragma warning restore CA1001
