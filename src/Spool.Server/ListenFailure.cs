using System.Net.Sockets;

namespace Spool.Server;

/// <summary>Says why an address cannot be listened on, and what helps.</summary>
static class ListenFailure
{
    /// <summary>Makes the error.</summary>
    /// <param name="error">What came of the attempt.</param>
    /// <param name="addresses">The addresses that were to be listened on.</param>
    public static ThreadStoreException Of(Exception error, IReadOnlyList<ListenAddress> addresses)
    {
        // Which of several it is, the error says only in words.
        var which = addresses.Count == 1 ? addresses[0].ToString() : "One of the addresses";
        var sentence = CauseOf(error) switch
        {
            SocketError.AddressAlreadyInUse =>
                $"{which} is in use by another program, or by a server that is already running; stop it, or listen on another port.",
            SocketError.AccessDenied => $"{which} may not be listened on by this user; take a port above 1023.",
            SocketError.AddressNotAvailable => $"{which} is not an address of this machine; take one that is, or 0.0.0.0 for all of them.",
            _ => $"{which} cannot be listened on.",
        };
        return new ThreadStoreException(ThreadStoreErrorCode.Unavailable, sentence, error);
    }

    /// <summary>Says whether an address is in use by another program.</summary>
    public static bool IsInUse(Exception error) => CauseOf(error) is SocketError.AddressAlreadyInUse;

    static SocketError? CauseOf(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
                return socket.SocketErrorCode;
        }
        return null;
    }
}
