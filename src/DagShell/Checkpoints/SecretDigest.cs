using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;

namespace DagShell.Checkpoints;

/// <summary>
/// What a journal says of a secret: a salted hash that takes long to work out, so that guessing takes long too. One salt for all runs that
/// resume one another; it is made when the first secret is seen.
/// </summary>
/// <remarks>Any thread may call it.</remarks>
internal sealed class SecretDigest
{
    /// <summary>What is recommended for this hash (OWASP, 2023); about a tenth of a second.</summary>
    private const int Iterations = 210_000;

    private readonly ConcurrentDictionary<object, byte[]> _known = new(ReferenceEqualityComparer.Instance);
    private string? _salt;

    /// <summary>Prepares.</summary>
    /// <param name="salt">That of the run that is resumed; null if there is none.</param>
    public SecretDigest(string? salt) => _salt = salt;

    /// <summary>The salt; null as long as no secret was seen.</summary>
    public string? Salt => _salt;

    /// <summary>Makes the salt now: it must be written before it is known whether there are secrets.</summary>
    /// <returns>The salt.</returns>
    public string NeedSalt() =>
        LazyInitializer.EnsureInitialized(ref _salt, static () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));

    /// <summary>The digest of a secret.</summary>
    public byte[] Of(SecureString secret) =>
        _known.GetOrAdd(secret, known => Work((SecureString)known, Convert.FromBase64String(NeedSalt())));

    private static byte[] Work(SecureString secret, byte[] salt)
    {
        byte[] plain = new byte[secret.Length * sizeof(char)];
        IntPtr copy = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            Marshal.Copy(copy, plain, 0, plain.Length);
            return Rfc2898DeriveBytes.Pbkdf2(plain, salt, Iterations, HashAlgorithmName.SHA512, 16);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(copy);
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
