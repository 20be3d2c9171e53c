using System.Security.Cryptography;
using System.Text;

namespace Spool.Cli;

/// <summary>Files that options name and that may change while the program runs, and what they say together.</summary>
/// <remarks>They are read whole each time, so that nothing depends on what a file system says about times and inodes, and a link may change
/// as well as a file. What cannot be used is refused when it is the same at the next look: while a file is written, or of several that
/// belong together one is new already, it is wrong for a moment. What comes out of a pipe comes once, and does not change.</remarks>
/// <typeparam name="T">What they say.</typeparam>
/// <param name="names">The files' names, as the user gave them.</param>
/// <param name="parse">Reads their texts, in the same order, and throws a <see cref="ThreadStoreException"/> when they are wrong.</param>
/// <param name="context">The outside world.</param>
sealed class ChangingFiles<T>(IReadOnlyList<string> names, Func<IReadOnlyList<string>, T> parse, CommandContext context)
    where T : class
{
    const int LooksUntilRefused = 2;

    byte[] _known = []; // the hash of what is used, or was refused
    byte[] _doubtful = []; // the hash of what could not be used at the last look
    int _unreadable; // how often in a row they could not be read
    bool _isPipe;

    /// <summary>Reads them for the first time.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: one cannot be read, or is
    /// wrong.</exception>
    public async Task<T> ReadAsync(CancellationToken cancellationToken)
    {
        _isPipe = names.Any(name => InputFiles.IsPipe(name, context));
        var texts = await TextsAsync(cancellationToken);
        _known = HashOf(texts);
        return parse(texts);
    }

    /// <summary>Reads them anew.</summary>
    /// <param name="check">Looks at what is new, and throws when it cannot be used.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What they say now, or null when they are as they were.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: one cannot be read, or is wrong. This is
    /// said once, not at each call.</exception>
    public async ValueTask<T?> RereadAsync(Action<T> check, CancellationToken cancellationToken)
    {
        if (_isPipe)
            return null;
        IReadOnlyList<string> texts;
        try
        {
            // A pipe that took a file's place may block a program that opens it for ever.
            if (names.FirstOrDefault(name => InputFiles.IsPipe(name, context)) is { } pipe)
                throw ThreadStoreException.InvalidRequest($"The file {pipe} cannot be read again: it is a pipe now.");
            texts = await TextsAsync(cancellationToken);
        }
        catch (ThreadStoreException)
        {
            if (++_unreadable == LooksUntilRefused)
                throw;
            return null;
        }
        _unreadable = 0;
        var hash = HashOf(texts);
        if (hash.AsSpan().SequenceEqual(_known))
            return null;
        try
        {
            var value = parse(texts);
            check(value);
            _known = hash;
            return value;
        }
        catch (ThreadStoreException)
        {
            if (!hash.AsSpan().SequenceEqual(_doubtful))
            {
                _doubtful = hash;
                return null;
            }
            _known = hash;
            throw;
        }
    }

    async Task<IReadOnlyList<string>> TextsAsync(CancellationToken cancellationToken)
    {
        var texts = new string[names.Count];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = await InputFiles.ReadAsync(names[i], context, cancellationToken);
        return texts;
    }

    static byte[] HashOf(IReadOnlyList<string> texts) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts)));
}
