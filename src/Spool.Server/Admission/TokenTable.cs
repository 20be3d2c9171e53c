using System.Security.Cryptography;
using System.Text;

namespace Spool.Server;

/// <summary>Which token makes which caller. It holds hashes, not the tokens.</summary>
public sealed class TokenTable
{
    const int MinLength = 16;

    TokenTable((byte[] Hash, Caller Caller)[] rows) => Rows = rows;

    /// <summary>Gets the tenants that have a token.</summary>
    public IReadOnlyCollection<string> Tenants => [.. Rows.Select(row => row.Caller.Tenant).Distinct()];

    /// <summary>Gets the hashes of the tokens, and whose they are.</summary>
    internal IReadOnlyList<(byte[] Hash, Caller Caller)> Rows { get; }

    /// <summary>Reads a table: a token in each line, then, after spaces, <c>read</c> or <c>write</c> and a tenant, in any order and both
    /// optional. Empty lines and lines that begin with <c>#</c> do not count.</summary>
    /// <param name="text">The lines.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: there is no token, one is too short, or
    /// one is there twice.</exception>
    /// <remarks>Without a word the token may write, and the tenant is <see cref="Caller.DefaultTenant"/>. Several tokens of one tenant let
    /// one be replaced by another.</remarks>
    public static TokenTable Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rows = new List<(byte[] Hash, Caller Caller)>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
                continue;
            if (words[0].Length < MinLength)
                throw ThreadStoreException.InvalidRequest($"The token in line {number} is shorter than {MinLength} characters.");
            if (words[0].AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
                throw ThreadStoreException.InvalidRequest(
                    $"The token in line {number} has characters that no client can send; use letters, digits and signs of ASCII."
                );
            var hash = Hash(words[0]);
            if (rows.Any(row => row.Hash.AsSpan().SequenceEqual(hash)))
                throw ThreadStoreException.InvalidRequest($"The token in line {number} is there twice.");
            rows.Add((hash, CallerOf(words.AsSpan(1), number)));
        }
        return rows.Count > 0
            ? new TokenTable([.. rows])
            : throw ThreadStoreException.InvalidRequest(
                $"There is no token; each line is a token of {MinLength} characters or more, then, if need be, read or write, and the tenant."
            );
    }

    static Caller CallerOf(ReadOnlySpan<string> words, int line)
    {
        string? tenant = null;
        StoreAccess? access = null;
        foreach (var word in words)
        {
            var isRead = word.Equals("read", StringComparison.OrdinalIgnoreCase);
            if (access is null && (isRead || word.Equals("write", StringComparison.OrdinalIgnoreCase)))
                access = isRead ? StoreAccess.Read : StoreAccess.Write;
            else if (tenant is null && LooksLikeRight(word))
                throw ThreadStoreException.InvalidRequest(
                    $"Line {line} of the tokens has a word that looks like a right and is none; write 'read' or 'write', or give the tenant another name."
                );
            else if (tenant is null)
                tenant = word;
            else
                throw ThreadStoreException.InvalidRequest(
                    $"Line {line} of the tokens has too many words; it is a token, 'read' or 'write', and a tenant."
                );
        }
        return new Caller(tenant ?? Caller.DefaultTenant, access ?? StoreAccess.Write);
    }

    // A right that is misspelled would be a tenant, and its token could write.
    static bool LooksLikeRight(string word)
    {
        var letters = string.Concat(word.Where(char.IsAsciiLetter)).ToUpperInvariant();
        return letters is "R" or "W" or "RW" or "WR" or "RO" or "WO"
            || letters.StartsWith("READ", StringComparison.Ordinal)
            || letters.StartsWith("WRITE", StringComparison.Ordinal);
    }

    /// <summary>Gives the hash of a token.</summary>
    internal static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
