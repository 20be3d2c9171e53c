using System.Security.Cryptography;
using System.Text;

namespace Spool.Cli;

/// <summary>The file with the tokens of a server's callers, which may change while the server runs.</summary>
/// <remarks>It is read whole each time, so that nothing depends on what a file system says about times and inodes, and a link may change as well as a file.</remarks>
/// <param name="name">The file's name, as the user gave it.</param>
/// <param name="context">The outside world.</param>
sealed class TokenFile(string name, CommandContext context)
{
    byte[] _hash = [];
    bool _isUnreadable;

    /// <summary>Reads the tokens for the first time.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the file cannot be read, or is wrong.</exception>
    public async Task<Server.TokenTable> ReadAsync(CancellationToken cancellationToken)
    {
        var text = await InputFiles.ReadAsync(name, context, cancellationToken);
        _hash = HashOf(text);
        return Server.TokenTable.Parse(text);
    }

    /// <summary>Reads the tokens anew.</summary>
    /// <param name="check">Looks at new ones, and throws when they cannot be used.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The new tokens, or null when the file is as it was.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the file cannot be read, or is wrong. This is said once, not at each call.</exception>
    public async ValueTask<Server.TokenTable?> RereadAsync(Action<Server.TokenTable> check, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            text = await InputFiles.ReadAsync(name, context, cancellationToken);
        }
        catch (ThreadStoreException) when (_isUnreadable)
        {
            return null;
        }
        catch (ThreadStoreException)
        {
            _isUnreadable = true;
            throw;
        }
        _isUnreadable = false;
        var hash = HashOf(text);
        if (hash.AsSpan().SequenceEqual(_hash))
            return null;
        _hash = hash;
        var tokens = Server.TokenTable.Parse(text);
        check(tokens);
        return tokens;
    }

    static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
